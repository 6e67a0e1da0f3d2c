import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** A program of the testbed that runs until it is stopped; its output goes to a file. */
export interface Daemon {
  readonly name: string;
  /** Rejects when the program ends by itself, with the end of its log. */
  readonly ended: Promise<never>;
  readonly stop: () => Promise<void>;
}

export interface DaemonCommand {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly logFile: string;
}

/** How long a program may take to stop by itself. */
const graceMs = 5_000;

/** Starts a program that the kernel ends when we are killed (`setpriv --pdeathsig`): nothing is left behind by SIGKILL. */
export function startDaemon({ name, program, args, logFile }: DaemonCommand): Daemon {
  const log = openSync(logFile, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], { stdio: ['ignore', log, log] });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
  let stopping = false;
  const ended = exited.then(async (how): Promise<never> => {
    if (stopping) return new Promise<never>(() => undefined);
    const text = await readFile(logFile, 'utf8');
    throw new Error(`${name} ended by itself (${how}):\n${text.slice(-3000)}`);
  });
  ended.catch(() => undefined);
  return {
    name,
    ended,
    stop: async () => {
      stopping = true;
      if (isRunning(child)) child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(kill);
    },
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
