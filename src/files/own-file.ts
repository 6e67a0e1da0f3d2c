import { NodemendError } from '../errors/nodemend-error.ts';
import { ownTrustees } from './folder-trust.ts';
import { ownPath } from './own-path.ts';

/**
 * A file that says what is done with this user's rights: nobody but this user and root may write it, or put another into
 * its place. What nodemend writes of this kind has mode 0600, so a group is not trusted here, not even a user's own.
 * @returns where it really is
 * @throws NodemendError PATH_UNSAFE; the system's error where it cannot be looked at
 */
export function ownFile(path: string): string {
  const { path: real, stats } = ownPath(path);
  const why = stats && whyOf(stats);
  if (why !== undefined)
    throw new NodemendError('PATH_UNSAFE', { context: why, path, folder: real, uid: stats?.uid ?? 0 });
  return real;
}

function whyOf({
  uid,
  mode,
}: {
  readonly uid: number;
  readonly mode: number;
}): 'owner' | 'anyone' | 'group' | undefined {
  if (uid !== 0 && !ownTrustees().users.includes(uid)) return 'owner';
  if ((mode & 0o002) !== 0) return 'anyone';
  return (mode & 0o020) === 0 ? undefined : 'group';
}
