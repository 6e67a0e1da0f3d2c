import { isUtf8 } from 'node:buffer';
import type { FileVersion } from '../../kit/synchronise.ts';
import type { RotationFile } from '../../../logrotate/rotation-files.ts';

/** The file for people and programs. */
export function versionOf(file: RotationFile | 'absent'): FileVersion | 'absent' {
  if (file === 'absent') return 'absent';
  const bytes = Buffer.from(file.content ?? '', 'latin1');
  return {
    sha256: file.sha256 ?? '',
    ...(isUtf8(bytes) ? { content: bytes.toString('utf8') } : {}),
    mode: file.mode.toString(8).padStart(4, '0'),
    uid: file.uid,
    gid: file.gid,
  };
}

/** One character a byte, as the reader of logrotate's files takes it. */
export function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
