import type { Fact } from '../evidence/fact.ts';
import type { ProbedText } from '../runtimes/probed-text.ts';
import script from './cgroup-folders.sh?raw';
import { memoryCgroups } from './memory-cgroups.ts';

/**
 * How many memory cgroups of version 1 have a folder; `few` where the kernel has less than `manyIds` ids in use, so that
 * nobody counts; `none` where there is no such hierarchy.
 */
export type CgroupFolders = number | 'few' | 'none';

/** Fewer ids of memory cgroups may be what the page cache keeps for a while, on any kernel; the script has it as well. */
export const manyIds = 5_000;

export const cgroupFolders: Fact<CgroupFolders> = {
  key: 'kernel/cgroup-folders',
  script,
  needs: [memoryCgroups],
  parse: parseFolders,
};

function parseFolders({ text, truncated }: ProbedText): CgroupFolders | undefined {
  const said = text.trim();
  if (truncated) return undefined;
  if (said === 'none' || said === 'few') return said;
  return /^\d+$/u.test(said) ? Number(said) : undefined;
}
