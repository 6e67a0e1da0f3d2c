import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { NodeProcess, ProcessEnd } from './node-process.ts';

/** A program of this machine. */
export interface ChildProcess extends NodeProcess {
  readonly pid: number | undefined;
  /** Tells it alone, and not what it started. Never throws. */
  readonly signal: (name: NodeJS.Signals) => void;
}

/**
 * Starts a program of this machine as the leader of a process group of its own, so that all it starts can be ended
 * together.
 * @throws the error of `spawn` (`ENOENT`, `EMFILE`); the caller says what that means.
 */
export async function startChild(
  program: string,
  args: readonly string[],
  environment = process.env,
): Promise<ChildProcess> {
  const child = spawn(program, args, { detached: true, stdio: 'pipe', env: environment });
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('close', (code, signal) =>
      resolve({ ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // Failing to signal a process that is gone is not news.
  child.on('error', () => undefined);
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    release: () => release(child),
    kill: () => kill(child),
    signal: (name) => void child.kill(name),
  };
}

function release(child: ChildProcessWithoutNullStreams): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  child.unref();
}

function kill(child: ChildProcessWithoutNullStreams): void {
  try {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself, or belongs to root.
  }
  release(child);
}
