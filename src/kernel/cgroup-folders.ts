import type { Fact } from '../evidence/fact.ts';
import type { ProbedText } from '../runtimes/probed-text.ts';
import script from './cgroup-folders.sh?raw';

/** How many memory cgroups of version 1 have a folder; `none` where there is no such hierarchy. */
export const cgroupFolders: Fact<number | 'none'> = { key: 'kernel/cgroup-folders', script, parse: parseFolders };

function parseFolders({ text, truncated }: ProbedText): number | 'none' | undefined {
  const said = text.trim();
  if (truncated) return undefined;
  if (said === 'none') return 'none';
  return /^\d+$/u.test(said) ? Number(said) : undefined;
}
