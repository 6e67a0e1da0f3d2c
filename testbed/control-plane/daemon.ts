import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program of the testbed that runs until it is stopped; its output goes to a file. */
export interface Daemon {
  readonly name: string;
  /** Of the process that runs now; undefined when it could not be started. */
  readonly pid: () => number | undefined;
  /** Rejects when the program ends by itself, with the end of its log. */
  readonly ended: Promise<never>;
  /** From now on it is started again when it ends by itself, as kubelet does with a static pod. */
  readonly keepRunning: () => void;
  /** In the middle of everything. @param args of its next start, and those after it */
  readonly kill: (args: readonly string[]) => void;
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

/** kubelet starts a container anew at once, the second time after 10 s; a test shall not wait that long. */
const restartPauseMs = 500;

/**
 * Starts a program that the kernel ends when we are killed (`setpriv --pdeathsig`): nothing is left behind by SIGKILL.
 */
export function startDaemon(given: DaemonCommand): Daemon {
  let command = given;
  let child = spawnWithLog(command);
  let exited = exitOf(child);
  let [stopping, kept] = [false, false];
  const watch = async (): Promise<never> => {
    for (;;) {
      const how = await exited;
      if (stopping) return new Promise<never>(() => undefined);
      if (!kept)
        throw new Error(
          `${command.name} ended by itself (${how}):\n${(await readFile(command.logFile, 'utf8')).slice(-3000)}`,
        );
      await sleep(restartPauseMs);
      if (stopping) continue;
      child = spawnWithLog(command);
      exited = exitOf(child);
    }
  };
  const ended = watch();
  ended.catch(() => undefined);
  return {
    name: command.name,
    pid: () => child.pid,
    ended,
    keepRunning: () => {
      kept = true;
    },
    kill: (args) => {
      command = { ...given, args };
      if (isRunning(child)) child.kill('SIGKILL');
    },
    stop: async () => {
      stopping = true;
      if (isRunning(child)) child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(kill);
    },
  };
}

function spawnWithLog({ program, args, logFile }: DaemonCommand): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], { stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
