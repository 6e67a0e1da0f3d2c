import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc (`getconf CLK_TCK`); 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Processor time of a process so far, user and system, milliseconds; 0 when it is gone. To ten milliseconds. */
export function cpuMsOf(pid: number): number {
  try {
    // proc(5): behind the name in brackets, which may hold anything, utime and stime are the 12th and 13th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** The largest resident memory of a process so far, megabytes; 0 when it is gone. */
export function peakMbOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
