import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc (`getconf CLK_TCK`); 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * Processor time of a process and of its ended children so far, user and system, milliseconds; 0 when it is gone. To
 * ten milliseconds.
 */
export function cpuMsOf(pid: number): number {
  try {
    return cpuMsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return 0;
  }
}

/** What a /proc/PID/stat says of that, the children that the process has waited for included (proc(5)). */
export function cpuMsIn(stat: string): number {
  // Behind the name in brackets, which may hold anything, utime, stime, cutime and cstime are the 12th to 15th field.
  const ticks = stat.split(') ').at(-1)?.split(' ').slice(11, 15) ?? [];
  return (ticks.reduce((sum, each) => sum + Number(each), 0) * 1000) / ticksPerSecond;
}

/** The largest resident memory of a process so far, megabytes; 0 when it is gone. */
export function peakMbOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
