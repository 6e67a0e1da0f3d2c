import { printableOutput } from '../../text/printable.ts';
import { createPaint, type Paint } from './paint.ts';

/**
 * How nodemend prints. The rules, in one place:
 *
 * - Data goes to standard output: findings, plans, tables, JSON. Nothing else does, so that it can be piped and saved.
 * - Progress, prompts, errors and hints go to standard error. A prompt is asked on the terminal only, never read from a
 *   pipe.
 * - Colour is a help, never the message: each state is also a word. It is used when the stream is a terminal, unless
 *   `NO_COLOR` is set and not empty (no-color.org) or TERM is `dumb`; `FORCE_COLOR` turns it on for pipes.
 * - The width is `COLUMNS`, else that of the terminal, else 80. Sentences are wrapped, columns that may shrink are cut
 *   with `…`; a diff, a command to copy and `-o wide` are never cut.
 * - Nothing is redrawn when standard error is not a terminal.
 * - All text from nodes, servers and files is made printable where it is put into words (`text/printable.ts`), and once
 *   more here, where everything passes.
 * - A reader that goes away (`| head`) ends the output, not with an error.
 * - Output that cannot be written (a full disk, a terminal that was closed) is lost, and the command goes on: what is
 *   under way on nodes is worth more than the words about it. `main.ts` says at the end that it was lost.
 */
export interface Output {
  /** Standard output. */
  readonly data: Sink;
  /** Standard error. */
  readonly notes: Sink;
}

export interface Sink {
  /** Columns to lay out for, now. */
  readonly width: number;
  readonly terminal: boolean;
  readonly paint: Paint;
  /** Writes text that ends with a newline; what a terminal would obey in it is written out (`text/printable.ts`). */
  readonly write: (text: string) => void;
  /** For the redrawing of a line: its cursor movements, around words that are printable. */
  readonly draw: (text: string) => void;
  /** Resolves when all that was written is handed over: a process that exits before that cuts a pipe short. */
  readonly flush: () => Promise<void>;
  /** Why output was lost, a system's word such as ENOSPC; undefined when it was taken, or when its reader went away. */
  readonly lost: () => string | undefined;
  /** Whether nothing more is taken, for whatever reason: who goes on only to write may end. */
  readonly closed: () => boolean;
}

/** The parts of a Node stream that a sink needs. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** May throw: a file's stream writes at once. */
  write(text: string, done?: () => void): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const defaultWidth = 80;
/** Narrower than this nothing can be laid out; the terminal wraps what does not fit. */
const minimumWidth = 20;

export function createOutput(stdout: OutputStream, stderr: OutputStream, environment: Environment): Output {
  return { data: createSink(stdout, environment), notes: createSink(stderr, environment) };
}

/** What a write says when whoever read has had enough. */
const readerLeft = ['EPIPE', 'ERR_STREAM_DESTROYED'];

function createSink(stream: OutputStream, environment: Environment): Sink {
  const colour = hasColour(stream, environment);
  let gone: string | undefined;
  const fail = (error: unknown): void => {
    gone ??= error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  };
  stream.on('error', fail);
  const write = (text: string, done?: () => void): void => {
    if (gone !== undefined) {
      done?.();
      return;
    }
    try {
      stream.write(text, done);
    } catch (error) {
      fail(error);
      done?.();
    }
  };
  return {
    // Asked each time: terminals are resized while nodes are waited for.
    get width() {
      return widthOf(stream, environment);
    },
    terminal: stream.isTTY === true,
    paint: createPaint(colour),
    write: (text) => write(printableOutput(text, colour)),
    draw: (text) => write(text),
    flush: () => new Promise((resolve) => write('', resolve)),
    lost: () => (gone === undefined || readerLeft.includes(gone) ? undefined : gone),
    closed: () => gone !== undefined,
  };
}

function widthOf(stream: OutputStream, environment: Environment): number {
  const asked = Number(environment['COLUMNS']);
  if (Number.isInteger(asked) && asked > 0) return Math.max(asked, minimumWidth);
  // A terminal that was never told its size (a serial console) has 0 columns.
  return Math.max((stream.isTTY && stream.columns) || defaultWidth, minimumWidth);
}

function hasColour(stream: OutputStream, environment: Environment): boolean {
  if (environment['NO_COLOR']) return false;
  const force = environment['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}
