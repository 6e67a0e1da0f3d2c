import { isUtf8 } from 'node:buffer';
import type { FileAction, FileState } from '../../actions/file/file-action.ts';
import { sha256, type Sha256 } from '../../hash/sha256.ts';

export interface FileOwner {
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A file of a node as a probe saw it. */
export interface ObservedFile extends FileOwner {
  /** What lies behind the name; a file where the probe looks at nothing else. */
  readonly kind?: 'file' | 'folder' | 'other';
  readonly isLink: boolean;
  /** One character a byte; undefined where it was not read whole. */
  readonly content?: string | undefined;
  /** The content is the node's own bytes: nothing in it was left out or masked. */
  readonly isExact: boolean;
}

/** Why a file cannot be rewritten by a plan. */
export type FileObstacle = 'symlink' | 'not-a-file' | 'unread' | 'holds-secrets' | 'not-text';

/** What root writes and everybody reads. */
export const rootOwned: FileOwner = { mode: 0o644, uid: 0, gid: 0 };

/**
 * Whether a plan may rewrite this file: undefined when it may. A plan holds a file's own bytes as UTF-8 text, for
 * people to read and for an undo to put back, and never a secret. A NUL is in no text; a byte order mark may be, and
 * stays.
 */
export function fileObstacle({ kind = 'file', isLink, content, isExact }: ObservedFile): FileObstacle | undefined {
  // The place that a rename puts the new file into is the link's own.
  if (isLink) return 'symlink';
  if (kind !== 'file') return 'not-a-file';
  if (content === undefined) return 'unread';
  // Other bytes than the node's own, and none of them masked: it changed while it was read.
  if (!isExact) return content.includes(mask) ? 'holds-secrets' : 'unread';
  return isText(Buffer.from(content, 'latin1')) ? undefined : 'not-text';
}

/** What probes and redaction put in the place of a text that may be a secret. */
const mask = '***';

/** Whether bytes are UTF-8 that people can be shown. */
function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

/** The text of a file for which there is no obstacle. */
export function fileText({ content = '' }: Pick<ObservedFile, 'content'>): string {
  return Buffer.from(content, 'latin1').toString('utf8');
}

/** One character a byte, as probes print files. */
export function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** A file with this text. */
export function fileState(content: string, owner: FileOwner = rootOwned): FileState & { readonly sha256: Sha256 } {
  const { mode, uid, gid } = owner;
  return { content, sha256: sha256(Buffer.from(content, 'utf8')), mode: octal(mode), uid, gid };
}

/** The file as it is and as it will be, with its owner and mode; root's own where there was none. */
export function fileChange(old: ObservedFile | undefined, content: string): Pick<FileAction, 'from' | 'to'> {
  return old === undefined
    ? { from: 'absent', to: fileState(content) }
    : { from: fileState(fileText(old), old), to: fileState(content, old) };
}

/** As `chmod` takes it, four digits: `0644`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
