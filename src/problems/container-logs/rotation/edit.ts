import { sha256 } from '../../../hash/sha256.ts';
import { rootOwned, type FileOwner } from '../../kit/file-edit.ts';
import type { RotationFile, RotationFiles } from './rotation-files.ts';

/** One file as a plan would have it. */
export interface Edit {
  readonly path: string;
  readonly to: NewFile | 'absent';
}

export interface NewFile extends FileOwner {
  /** One character a byte. */
  readonly content: string;
}

/** A file that root writes and everybody reads: what logrotate accepts in every release. */
export function rootFile(content: string): NewFile {
  return { content, ...rootOwned };
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
    sha256: sha256(Buffer.from(content, 'latin1')),
  };
}
