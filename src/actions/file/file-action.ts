import type { ActionBase, CheckReference } from '../action.ts';

/** A regular file without its content: enough to tell whether it is still the same. */
export interface FileIdentity {
  /** SHA-256 of the content's bytes, hex. */
  readonly sha256: string;
  /** Octal, four digits: `0644`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

/** A regular file as it should be. `sha256` is the hash of the content's UTF-8 bytes. */
export interface FileState extends FileIdentity {
  readonly content: string;
}

/**
 * A file as the plan found it. The content is for the diff that people approve; the copy of a plan that is kept beside
 * a journal leaves it out (it may hold what only that node's root should read), and no step needs it.
 */
export interface PriorFileState extends FileIdentity {
  readonly content?: string;
}

/** Puts one file into a wanted state, or removes it. */
export interface FileAction extends StoredFileAction {
  /** What the plan was made from; `absent` when there was no such file. Apply refuses anything else. */
  readonly from: PriorFileState | 'absent';
  readonly to: FileState | 'absent';
}

/** A file action as a node's record holds it: hashes without contents, which is all that verify and undo need. */
export interface StoredFileAction extends ActionBase {
  readonly kind: 'file';
  readonly disrupts?: 'reboot' | 'restart';
  /** Absolute; its folder exists, or `makesFolder` is set. */
  readonly path: string;
  /**
   * Folders above it that are missing are made, root's own and open to all to read; an undo takes those away that are
   * empty then.
   */
  readonly makesFolder?: true;
  readonly from: FileIdentity | 'absent';
  readonly to: FileIdentity | 'absent';
  /** Checks run against the new content before it takes the old one's place. */
  readonly validate: readonly CheckReference[];
  /** Checks run after it did. */
  readonly verify: readonly CheckReference[];
}
