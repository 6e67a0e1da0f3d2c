import type { FileIdentity } from './file-action.ts';

/**
 * A file's state as the node-side scripts write it: `absent`, or `file SHA256 MODE UID GID` with the mode as stat(1)
 * prints it.
 */
export function stateLine(state: FileIdentity | 'absent'): string {
  if (state === 'absent') return 'absent';
  const mode = Number.parseInt(state.mode, 8).toString(8);
  return `file ${state.sha256} ${mode} ${state.uid} ${state.gid}`;
}

const plainFile = /^file ([0-9a-f]{64}) ([0-7]{1,4}) (\d+) (\d+)$/u;

/**
 * The reverse; undefined for what is not a plain file (`symlink`, `directory`, `special`, `unreadable`) or not a state
 * at all.
 */
export function parseStateLine(line: string): FileIdentity | 'absent' | undefined {
  if (line === 'absent') return 'absent';
  const [, sha256, mode, uid, gid] = plainFile.exec(line) ?? [];
  if (sha256 === undefined || mode === undefined) return undefined;
  return { sha256, mode: mode.padStart(4, '0'), uid: Number(uid), gid: Number(gid) };
}
