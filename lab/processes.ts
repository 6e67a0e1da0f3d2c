import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process by its number and the time it started: numbers are reused, the pair is not. */
export interface ProcessId {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  readonly startTime: string;
}

/** The process now living under a number; undefined when there is none, or only a zombie that nobody has reaped. */
export function processId(pid: number): ProcessId | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTime] = [fields[0], fields[19]];
    if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
    return { pid, startTime };
  } catch {
    return undefined;
  }
}

export function isAlive({ pid, startTime }: ProcessId): boolean {
  return processId(pid)?.startTime === startTime;
}

/** Processes that hold a file open, whatever mount namespace they live in. */
export function holdersOf(path: string): readonly ProcessId[] {
  const wanted = statSync(path, { throwIfNoEntry: false });
  if (!wanted) return [];
  const holders: ProcessId[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const holder = processId(pid);
    if (holder && openFiles(pid).some((file) => sameFile(file, wanted))) holders.push(holder);
  }
  return holders;
}

/** Ends processes at once and waits until they are gone. Gives those that are still there after `patienceMs`. */
export async function endProcesses(processes: readonly ProcessId[], patienceMs: number): Promise<readonly ProcessId[]> {
  const deadline = Date.now() + patienceMs;
  let left = processes.filter(isAlive);
  for (const { pid } of left) kill(pid);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(10);
    left = left.filter(isAlive);
  }
  return left;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

function openFiles(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder)
      .map((name) => `${folder}/${name}`)
      .filter((file) => readlinkSync(file).startsWith('/'));
  } catch {
    return [];
  }
}

function sameFile(path: string, wanted: { readonly dev: number; readonly ino: number }): boolean {
  const { dev, ino } = statSync(path, { throwIfNoEntry: false }) ?? { dev: -1, ino: -1 };
  return dev === wanted.dev && ino === wanted.ino;
}
