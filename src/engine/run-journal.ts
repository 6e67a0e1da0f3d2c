import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import type { JournalEntry, JournalText } from './journal/entry.ts';
import type { JournalStore } from './journal/journal-store.ts';
import { isRunningHere } from './journal/process-identity.ts';
import type { Plan } from './plan.ts';
import { isAwayCode } from './rollout/node-outcome.ts';
import type { NodeOutcome, ObjectOutcome, RunKind, RunVerdict } from './run.ts';

type Begin = Extract<JournalEntry, { entry: 'begin' }>;
type End = Extract<JournalEntry, { entry: 'end' }>;

/** What a journal says of a run as a whole. */
export interface RunSummary {
  readonly run: string;
  /** When the first process of the run on this machine began, RFC 3339. */
  readonly startedAt: string;
  /** Who started it, `user@host`. */
  readonly owner: string;
  readonly problems: readonly string[];
  /** Nodes of the plan, or of the undo where that is all this machine knows. */
  readonly nodes: readonly string[];
  /** Objects of the API that the plan changes. */
  readonly objects: readonly string[];
  /** Whether the run was started on this machine, so that it knows every node of it. */
  readonly plannedHere: boolean;
  /** What the last process of the run on this machine was doing. */
  readonly kind: RunKind;
  readonly state: 'running' | 'cut-short' | 'interrupted' | 'ended';
  /** Of the last process; absent unless it ended. */
  readonly verdict?: RunVerdict;
  readonly endedAt?: string;
  /** Process id, while it runs. */
  readonly pid?: number;
  /** Lines of its journal that cannot be believed: it may have done more than is told here. */
  readonly damaged: number;
  /** Counts up with each run that was begun on this machine; undefined where no line of the journal says it. */
  readonly number: number | undefined;
}

/** Undefined for a journal that holds nothing yet: a run that was killed before it wrote a line has done nothing. */
export function runSummary({ run, entries, damaged, number }: JournalText): RunSummary | undefined {
  const begins = entries.filter((entry) => entry.entry === 'begin');
  const [first, last] = [begins[0], begins.at(-1)];
  if (!first || !last) return damaged > 0 || entries.length > 0 ? { ...unreadable, run, damaged, number } : undefined;
  const end = entries.find((entry): entry is End => entry.entry === 'end' && entry.session === last.session);
  return {
    run: first.run,
    startedAt: first.at,
    owner: first.options.owner,
    problems: first.problems,
    nodes: first.nodes,
    objects: first.objects ?? [],
    // Where a line is lost it may be the one that names more nodes.
    plannedHere: first.kind === 'apply' && damaged === 0,
    kind: last.kind,
    state: stateOf(last, end),
    ...(end ? { verdict: end.verdict, endedAt: end.at } : {}),
    ...(!end && isRunningHere(last.process) ? { pid: last.process.pid } : {}),
    damaged,
    number,
  };
}

/** A run whose beginning can no longer be read. */
const unreadable = {
  startedAt: '',
  owner: '',
  problems: [],
  nodes: [],
  objects: [],
  plannedHere: false,
  kind: 'apply',
  state: 'cut-short',
} as const satisfies Partial<RunSummary>;

/** The hash of the plan that the run was begun with; undefined where its journal does not say it. */
export function planHashIn(entries: readonly JournalEntry[]): string | undefined {
  const begun = entries.find((entry) => entry.entry === 'begin' && entry.plan !== '');
  return begun?.entry === 'begin' ? begun.plan : undefined;
}

/**
 * The plan that is kept beside the journal, where it is the one the run was begun with: undefined for one that was
 * damaged, or put there from another run. @throws NodemendError JOURNAL_UNREADABLE
 */
export async function keptPlan(
  journal: JournalStore,
  { run, entries, damaged }: JournalText,
): Promise<Plan | undefined> {
  // Killed before its first line: nothing was begun, and nothing contradicts the plan that was written before it.
  const isEmpty = entries.length === 0 && damaged === 0;
  try {
    const plan = await journal.plan(run);
    return isEmpty || plan?.hash === planHashIn(entries) ? plan : undefined;
  } catch (error) {
    if (isNodemendError(error) && error.code.startsWith('PLAN_')) return undefined;
    throw error;
  }
}

function stateOf(last: Begin, end: End | undefined): RunSummary['state'] {
  if (end) return end.interrupted || end.planMissing === true || end.paused === true ? 'interrupted' : 'ended';
  return isRunningHere(last.process) ? 'running' : 'cut-short';
}

/** @throws NodemendError RUN_ACTIVE while a process of this machine is at work on the run. */
export function requireIdle(summary: RunSummary | undefined): void {
  if (summary?.pid !== undefined) throw new NodemendError('RUN_ACTIVE', { run: summary.run, pid: summary.pid });
}

/**
 * What a resume takes over from the journal: nodes that are finished, and nodes on which something had gone wrong,
 * which are only undone. A node with anything between is looked at.
 */
export interface NodeHistory {
  readonly finished: ReadonlyMap<string, NodeOutcome>;
  readonly failed: ReadonlySet<string>;
  /** Nodes on which any step of an action was begun. */
  readonly touched: ReadonlySet<string>;
  /** Nodes that the last process left without knowing how. */
  readonly unknown: ReadonlySet<string>;
  /** Nodes on which the last process kept what had come. */
  readonly paused: ReadonlySet<string>;
}

export function nodeHistory(entries: readonly JournalEntry[]): NodeHistory {
  const outcomes = new Map<string, NodeOutcome>();
  const failed = new Set<string>();
  const touched = new Set<string>();
  const paused = new Set<string>();
  for (const entry of entries) {
    if (entry.entry === 'before' && entry.action !== undefined && entry.node !== undefined) {
      touched.add(entry.node);
      notePause(entry.node, { isPause: entry.step === 'pause', paused, failed });
    }
    if (entry.entry === 'after' && entry.node !== undefined && isRefusal(entry)) failed.add(entry.node);
    if (entry.entry === 'node') outcomes.set(entry.outcome.node, entry.outcome as NodeOutcome);
  }
  const finished = new Map([...outcomes].filter(([, { ending }]) => ending === 'done'));
  const unknown = [...outcomes.values()].filter(({ left }) => left === 'unknown').map(({ node }) => node);
  const open = failed.difference(new Set(finished.keys()));
  return { finished, failed: open, touched, unknown: new Set(unknown), paused: paused.difference(open) };
}

/** Before a pause nothing had failed but the connection: what was under way is gone on with. */
function notePause(
  node: string,
  {
    isPause,
    paused,
    failed,
  }: { readonly isPause: boolean; readonly paused: Set<string>; readonly failed: Set<string> },
): void {
  if (!isPause) {
    paused.delete(node);
    return;
  }
  paused.add(node);
  failed.delete(node);
}

/**
 * A step of the engine's own, such as the lock, that was refused has changed nothing, and one that Ctrl-C cut short
 * said nothing: the next try may go better.
 */
function isRefusal(entry: Extract<JournalEntry, { entry: 'after' }>): boolean {
  return (
    entry.action !== undefined &&
    // It does not reach a node that went away, which is gone on with when it is back.
    (entry.step !== 'pause' || !isAwayCode(entry.code ?? '')) &&
    entry.code !== 'COMMAND_INTERRUPTED' &&
    // It may be back by now, and as it should be.
    entry.code !== 'REBOOT_TIMED_OUT' &&
    ['rejected', 'refused', 'failed'].includes(entry.outcome)
  );
}

/** Objects that the last process left without knowing how. */
export function unknownObjects(entries: readonly JournalEntry[]): readonly string[] {
  const outcomes = new Map(
    entries.flatMap((entry) =>
      entry.entry === 'object' ? [[entry.outcome.action, entry.outcome as ObjectOutcome] as const] : [],
    ),
  );
  return [...outcomes.values()].filter(({ left }) => left === 'unknown').map(({ object }) => object);
}

/**
 * Nodes that the run may still hold: each that it locked, or was about to lock when its answer was lost, and that no
 * later step of it let go.
 */
export function lockedNodes(entries: readonly JournalEntry[]): ReadonlySet<string> {
  const locked = new Set<string>();
  for (const entry of entries) {
    if ((entry.entry !== 'before' && entry.entry !== 'after') || entry.node === undefined) continue;
    if (entry.entry === 'before') {
      if (entry.step === 'lock') locked.add(entry.node);
    } else if (isLetGo(entry)) locked.delete(entry.node);
  }
  return locked;
}

/** A lock that was refused was not taken, and one that is another's by now is not the run's. */
function isLetGo({ step, outcome, code }: Extract<JournalEntry, { entry: 'after' }>): boolean {
  const isRefused = outcome === 'refused' || outcome === 'rejected';
  if (step === 'lock') return isRefused;
  return step === 'unlock' && (outcome === 'done' || outcome === 'already' || code === 'NODE_LOCK_LOST');
}
