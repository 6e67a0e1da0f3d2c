import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Workshop } from './make-once.ts';

export interface MakerProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Called with each piece of standard error. */
  readonly heard?: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const politePriority = 15;

/**
 * Runs a program that makes something in a workshop, at low priority, in a process group of its own: Ctrl-C reaches
 * only us. The kernel ends it when we are killed (`setpriv --pdeathsig`); what it has started itself holds the
 * workshop's marker.
 * @throws Error with the end of what it said; the signal's reason when that is aborted
 */
export async function runMaker(
  { marker }: Workshop,
  { program, args, cwd, environment, heard, signal }: MakerProgram,
): Promise<void> {
  signal?.throwIfAborted();
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], {
    cwd,
    env: environment,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', marker],
  });
  if (child.pid !== undefined) setPriority(child.pid, politePriority);
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-4000);
    heard?.(text);
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', resolve);
    });
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code ?? 'a signal'}:\n${tail.trimEnd()}`);
  } finally {
    signal?.removeEventListener('abort', kill);
  }
}
