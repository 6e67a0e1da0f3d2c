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
  const stat = readStat(pid);
  return stat === undefined || isZombie(stat) ? undefined : { pid, startTime: stat.startTime };
}

/** The first thread of a process may be a zombie while others still run; a PID namespace ends with the last. */
function isZombie({ state, threads }: Stat): boolean {
  return (state === 'Z' || state === 'X') && threads <= 1;
}

export function isAlive({ pid, startTime }: ProcessId): boolean {
  return processId(pid)?.startTime === startTime;
}

function isStopped({ pid, startTime }: ProcessId): boolean {
  const stat = readStat(pid);
  return stat?.startTime === startTime && stat.state === 'T';
}

/** From /proc/PID/stat (proc(5)). */
interface Stat {
  readonly state: string;
  readonly threads: number;
  readonly startTime: string;
}

function readStat(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, threads: Number(fields[16]), startTime: fields[18] ?? '' };
  } catch {
    return undefined;
  }
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

/**
 * Ends the processes that `find` finds and waits until they are gone. They are stopped first, one after the other,
 * until `find` finds no others: a process that is ended while it starts another would leave that one unseen.
 * @returns those that are still there after `patienceMs`
 */
export async function endProcesses(
  find: () => readonly ProcessId[],
  patienceMs: number,
): Promise<readonly ProcessId[]> {
  const deadline = Date.now() + patienceMs;
  const stopped: ProcessId[] = [];
  const unknown = (): readonly ProcessId[] => find().filter(({ pid }) => !stopped.some((known) => known.pid === pid));
  for (let fresh = unknown(); fresh.length > 0; fresh = unknown()) {
    for (const { pid } of fresh) send(pid, 'SIGSTOP');
    await waitUntil(() => fresh.every((process) => isStopped(process) || !isAlive(process)), deadline);
    stopped.push(...fresh);
  }
  for (const { pid } of stopped) send(pid, 'SIGKILL');
  await waitUntil(() => !stopped.some(isAlive), deadline);
  return stopped.filter(isAlive);
}

async function waitUntil(holds: () => boolean, deadline: number): Promise<void> {
  while (!holds() && Date.now() < deadline) await sleep(5);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
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
