import { readFileSync } from 'node:fs';
import { holdersOf, isAlive, type ProcessId } from './processes.ts';
import type { StateFolder } from './state-folder.ts';

/**
 * The lab's processes in the machine's PID namespace: those that hold the marker, and the daemon by its file, which is
 * the only trace of one that is just ending. Everything else of a lab lives in the daemon's PID namespace and ends with
 * it.
 */
export function labProcesses(folder: StateFolder): readonly ProcessId[] {
  const holders = holdersOf(folder.marker);
  const daemon = recordedDaemon(folder);
  return daemon && isAlive(daemon) && !holders.some(({ pid }) => pid === daemon.pid) ? [...holders, daemon] : holders;
}

function recordedDaemon(folder: StateFolder): ProcessId | undefined {
  try {
    const { pid, startTime } = JSON.parse(readFileSync(folder.daemon, 'utf8')) as Partial<ProcessId>;
    return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
  } catch {
    // Not written yet, or not completely: then no node exists yet, and the marker finds the daemon.
    return undefined;
  }
}
