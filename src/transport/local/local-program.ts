import { startChild, type ChildProcess } from '../command/child-process.ts';
import type { ProcessEnd } from '../command/node-process.ts';

export interface LocalProgram {
  /** Absolute, or found through the environment's PATH. */
  readonly program: string;
  readonly args: readonly string[];
  /** All of it: nothing is inherited. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Buffer;
  /**
   * A variable that tells the program to watch its standard input, which stays open as long as this process lives: how
   * it notices that this one was killed.
   */
  readonly lifeline?: string;
  /** Aborted: the program is asked to stop (SIGTERM), and waited for. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which it is ended, with all that it started. */
  readonly limitMs?: number;
  /** How much of each output is kept, from its end; 64 KiB where nothing is said. */
  readonly keepBytes?: number;
  /** Called with what it prints, as it comes. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', bytes: Buffer) => void;
}

export interface LocalProgramEnd {
  readonly pid: number | undefined;
  /** 128 and the signal's number, as shells say it, when a signal ended it. */
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

const usualKeepBytes = 65_536;
const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/**
 * Runs a program of this machine to its end, without any shell. @throws the error of `spawn` (`ENOENT`, `EACCES`) when
 * it does not start; the caller says what that means.
 */
export async function runLocalProgram({
  program,
  args,
  environment,
  input,
  signal,
  limitMs,
  lifeline,
  keepBytes = usualKeepBytes,
  onOutput,
}: LocalProgram): Promise<LocalProgramEnd> {
  const watched = lifeline === undefined ? {} : { [lifeline]: 'stdin' };
  const child = await startChild(program, args, { ...environment, ...watched });
  const outputs = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (bytes: Buffer) => {
      outputs[stream] = Buffer.concat([outputs[stream], bytes]).subarray(-keepBytes);
      onOutput?.(stream, bytes);
    });
    child[stream].on('error', () => undefined);
  }
  // A program that does not read its input is not a failure.
  child.stdin.on('error', () => undefined);
  if (lifeline === undefined) child.stdin.end(input);
  else child.stdin.write(input ?? '');
  const unwatch = watchOver(child, signal, limitMs);
  try {
    return { pid: child.pid, exitCode: exitCodeOf(await child.ended), ...outputs };
  } finally {
    unwatch();
  }
}

function exitCodeOf({ code, signal = '' }: ProcessEnd): number {
  return code ?? 128 + (signalNumbers[signal] ?? 0);
}

/**
 * Passes an interrupt on, and the end of this process, and ends what takes too long. @returns what ends the watch
 */
function watchOver(child: ChildProcess, signal: AbortSignal | undefined, limitMs: number | undefined): () => void {
  const stop = (): void => child.signal('SIGTERM');
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  process.on('exit', stop);
  const limit = limitMs === undefined ? undefined : setTimeout(() => child.kill(), limitMs);
  return () => {
    clearTimeout(limit);
    process.off('exit', stop);
    child.stdin.end();
    signal?.removeEventListener('abort', stop);
  };
}
