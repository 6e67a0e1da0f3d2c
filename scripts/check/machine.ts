import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLine } from '../../lab/node-root/run-program.ts';
import { root } from '../build/options.ts';
import { testbedProblem, thisTestbedMachine } from '../../testbed/testbed-preflight.ts';

/** What `try-kernel.sh` tries. */
export type KernelTrial = 'namespaces' | 'mounts' | 'network-namespaces' | 'user-namespaces';

/** What is looked at of the machine that a check runs on. Nothing is looked at before it is asked for. */
export interface Machine {
  readonly platform: string;
  readonly uid: number;
  /** Text of /proc/self/status. */
  readonly status: () => string;
  /** By its name in PATH, /usr/sbin and /sbin, or by its path. */
  readonly hasProgram: (name: string) => boolean;
  /** Each gives why it does not work, in one line; undefined when it does. */
  readonly tryKernel: (what: KernelTrial) => string | undefined;
  readonly tryProgram: (program: string, ...args: readonly string[]) => string | undefined;
  readonly testbedProblem: () => string | undefined;
}

/** Milliseconds; a registry that is not there takes as long as its client waits. */
const patience = 120_000;

export function thisMachine(): Machine {
  const tryOnce = remembered(attempt);
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? -1,
    status: () => readFileSync('/proc/self/status', 'utf8'),
    hasProgram,
    tryKernel: (what) => tryOnce('sh', join(import.meta.dirname, 'try-kernel.sh'), what),
    tryProgram: tryOnce,
    testbedProblem: () => testbedProblem(thisTestbedMachine(), true)?.[0],
  };
}

function remembered(
  work: (...words: readonly string[]) => string | undefined,
): (...words: readonly string[]) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (...words) => {
    const key = words.join('\0');
    if (!known.has(key)) known.set(key, work(...words));
    return known.get(key);
  };
}

function attempt(program = '', ...args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: patience,
    killSignal: 'SIGKILL',
  });
  if (status === 0) return undefined;
  return lastLine(stderr ?? '') ?? error?.message ?? `exit code ${status}`;
}

function hasProgram(name: string): boolean {
  if (name.startsWith('/')) return isExecutable(name);
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => isExecutable(join(folder || '.', name)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
