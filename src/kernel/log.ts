import type { Fact } from '../evidence/fact.ts';
import type { ProbedText } from '../runtimes/probed-text.ts';
import script from './log.sh?raw';

export interface KernelLogLine {
  /** Since the boot, seconds; undefined where the kernel prints no times. */
  readonly at: number | undefined;
  readonly text: string;
}

/**
 * Lines of the kernel's log about memory that it could not get, oldest first: the newest 60 of them. A kernel that gives
 * the ids of removed memory cgroups back (5.3) is not asked.
 */
export const kernelLog: Fact<KernelLog> = { key: 'kernel/log', script, parse: parseLog };

export type KernelLog = readonly KernelLogLine[] | 'not-asked';

function parseLog({ text }: ProbedText): KernelLog {
  if (text === 'not-asked\n') return 'not-asked';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, at, rest] = /^\[ *(\d+\.\d+)\] ?(.*)$/u.exec(line) ?? [];
      return rest === undefined ? { at: undefined, text: line } : { at: Number(at), text: rest };
    });
}
