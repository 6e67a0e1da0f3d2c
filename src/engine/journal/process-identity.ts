import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Tells one process from a later one with the same number. */
export interface ProcessIdentity {
  readonly host: string;
  /** Boot id of the machine; empty where there is none. */
  readonly boot: string;
  readonly pid: number;
  /** Start time in clock ticks since boot, field 22 of /proc/PID/stat; empty where there is none. */
  readonly start: string;
}

export function ownProcess(): ProcessIdentity {
  return { host: hostname(), boot: readBootId(), pid: process.pid, start: startOf(process.pid) };
}

/**
 * Whether the process that wrote a journal is still at work on this machine. Of another machine's process nothing can
 * be said here: the locks on the nodes and the lease keep it apart from us.
 */
export function isRunningHere(other: ProcessIdentity): boolean {
  if (other.host !== hostname() || other.boot !== readBootId()) return false;
  if (other.start !== '') return startOf(other.pid) === other.start;
  try {
    process.kill(other.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Machine id of this machine; empty where there is none. */
export function readMachineId(): string {
  return readText('/etc/machine-id').trim();
}

/** Of the running kernel, which containers share; empty where there is none. */
export function readBootId(): string {
  return readText('/proc/sys/kernel/random/boot_id').trim();
}

/**
 * The command's name, field 2, may hold spaces and parentheses: fields are counted from its end. A zombie does no work.
 */
function startOf(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
