import { userInfo } from 'node:os';

/**
 * The name of the user that this process runs as; its number where no name goes with it, as in a container whose user
 * is chosen by the cluster.
 */
export function ownUser(): string {
  try {
    return userInfo().username;
  } catch {
    // Node has no other way to say that getpwuid_r(3) knows nobody of this number.
    return String(process.getuid?.() ?? '-');
  }
}
