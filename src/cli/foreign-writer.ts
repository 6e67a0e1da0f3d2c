import type { Stats } from 'node:fs';

/**
 * Who else than this user and root may write a file: `owner`, `g+w` or `o+w`; undefined when nobody may. For what says
 * what is done with this user's rights.
 */
export function foreignWriter({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): 'owner' | 'g+w' | 'o+w' | undefined {
  if (uid !== 0 && uid !== process.getuid?.()) return 'owner';
  if (mode & 0o002) return 'o+w';
  return mode & 0o020 ? 'g+w' : undefined;
}
