import { readdirSync, readFileSync } from 'node:fs';

/**
 * Processes that were started with `NAME=value` in their environment and still run, as `pid command`. A test that
 * leaves one behind is wrong even when it passed. Reads /proc, so it sees those of child namespaces too.
 */
export function leftoverProcesses(name: string, value: string): readonly string[] {
  const mark = `${name}=${value}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => readProc(pid, 'environ').split('\0').includes(mark))
    .map((pid) => `${pid} ${readProc(pid, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 160)}`);
}

/** Empty for a process that ended meanwhile or is not ours to see. */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
