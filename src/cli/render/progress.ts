import type { Translate } from '../../app/texts/texts.ts';
import type { Sink } from './output.ts';
import { printable } from '../../text/printable.ts';
import { formatDuration } from '../../locales/quantity.ts';
import { redrawn } from './redrawn.ts';

/** What is known while nodes are worked on. */
export interface ProgressState {
  readonly done: number;
  readonly total: number;
  /** Of the done ones, how many ended in an error. */
  readonly failed: number;
  /** Still running, with the time (milliseconds, as `Date.now()`) since when. */
  readonly running: readonly { readonly node: string; readonly since: number }[];
}

/** A progress display on standard error. */
export interface Progress {
  readonly update: (state: ProgressState) => void;
  /** Clears the line; what was learnt is shown by the command itself. */
  readonly stop: () => void;
}

export interface ProgressOptions {
  /**
   * `auto` shows it on terminals only; `always` prints plain lines elsewhere (`--progress`); `never` is for `-q` and
   * tests.
   */
  readonly mode: 'auto' | 'always' | 'never';
  readonly now: () => number;
}

/** So many of the slowest are named. */
const namedSlowest = 3;
/** A node that answers within this is not slow, and its name only flickers by. */
const slowAfterMs = 2_000;
const redrawMs = 100;
const plainLineMs = 5_000;

/**
 * Nodes done, time so far, and the slowest nodes by name. On a terminal one line that is redrawn; elsewhere nothing, or
 * with `always` a plain line every five seconds.
 */
export async function startProgress(notes: Sink, t: Translate, options: ProgressOptions): Promise<Progress> {
  const started = options.now();
  let state: ProgressState | undefined;
  const line = (): string | undefined => state && progressLine(state, options.now(), started, t);
  if (options.mode === 'never' || (options.mode === 'auto' && !notes.terminal))
    return { update: () => {}, stop: () => {} };
  const display = notes.terminal ? await redrawnLine(notes) : plainLines(notes);
  // Its own clock: the slowest are most worth naming when nothing arrives.
  const timer = setInterval(() => display.show(line()), display.everyMs);
  timer.unref();
  return {
    update: (next) => {
      state = next;
    },
    stop: () => {
      clearInterval(timer);
      display.clear();
    },
  };
}

/** One line, for any display: `184/300 nodes, 3 failed, 12s, slowest: worker-12 8s, worker-40 8s`. */
export function progressLine(state: ProgressState, now: number, started: number, t: Translate): string {
  const slowest = state.running
    .map(({ node, since }) => ({ node, ms: now - since }))
    .filter(({ ms }) => ms >= slowAfterMs)
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, namedSlowest)
    .map(({ node, ms }) => `${printable(node)} ${formatDuration(ms)}`);
  return [
    t('progress.done', { done: state.done, count: state.total }),
    ...(state.failed > 0 ? [t('progress.failed', { count: state.failed })] : []),
    formatDuration(now - started),
    ...(slowest.length > 0 ? [t('progress.slowest', { nodes: slowest.join(', ') })] : []),
  ].join(', ');
}

interface Display {
  readonly everyMs: number;
  readonly show: (line: string | undefined) => void;
  readonly clear: () => void;
}

async function redrawnLine(notes: Sink): Promise<Display> {
  const { show, clear } = await redrawn(notes);
  return {
    everyMs: redrawMs,
    show: (line) => {
      if (line !== undefined) show([line]);
    },
    clear,
  };
}

function plainLines(notes: Sink): Display {
  return {
    everyMs: plainLineMs,
    show: (line) => {
      if (line !== undefined) notes.write(`${line}\n`);
    },
    clear: () => {},
  };
}
