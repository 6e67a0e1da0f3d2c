import { isUtf8 } from 'node:buffer';
import { octal } from '../../kit/file-edit.ts';
import type { FileVersion } from '../../kit/synchronise.ts';
import type { RotationFile } from '../rotation/rotation-files.ts';

/** The file for people and programs. */
export function versionOf(file: RotationFile | 'absent'): FileVersion | 'absent' {
  if (file === 'absent') return 'absent';
  const bytes = Buffer.from(file.content ?? '', 'latin1');
  return {
    sha256: file.sha256 ?? '',
    ...(isUtf8(bytes) ? { content: bytes.toString('utf8') } : {}),
    mode: octal(file.mode),
    uid: file.uid,
    gid: file.gid,
  };
}
