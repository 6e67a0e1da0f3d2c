import { createHash } from 'node:crypto';
import type { RotationFile, RotationFiles } from '../../../logrotate/rotation-files.ts';

/** One file as a plan would have it. */
export interface Edit {
  readonly path: string;
  readonly to: NewFile | 'absent';
}

export interface NewFile {
  /** One character a byte. */
  readonly content: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A file that root writes and everybody reads: what logrotate accepts in every release. */
export function rootFile(content: string): NewFile {
  return { content, mode: 0o644, uid: 0, gid: 0 };
}

/** The files as they would be. */
export function withEdits(files: RotationFiles, edits: readonly Edit[]): RotationFiles {
  const changed = new Map(files.files);
  for (const { path, to } of edits) {
    if (to === 'absent') changed.delete(path);
    else changed.set(path, newFile(path, to));
  }
  return { ...files, files: changed };
}

function newFile(path: string, { content, mode, uid, gid }: NewFile): RotationFile {
  return {
    path,
    kind: 'file',
    mode,
    uid,
    gid,
    size: content.length,
    isLink: false,
    content,
    isExact: true,
    sha256: sha256(content),
  };
}

export function sha256(content: string): string {
  return createHash('sha256').update(content, 'latin1').digest('hex');
}
