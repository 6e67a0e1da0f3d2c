/**
 * What is known of a node's file system: enough to read a configuration and to see which logs its names match. Paths
 * are absolute, in any way of writing (`/a//b`, `/a/./b`); text is one character a byte (latin1).
 */
export interface FileTree {
  /** What is at a path, symbolic links followed. */
  readonly entry: (path: string) => TreeEntry | 'absent' | 'unseen';
  /** Names in a folder, dot and dot-dot left out. */
  readonly names: (folder: string) => readonly string[] | 'unseen';
  /** Users and groups of the node; undefined when they were not read. */
  readonly accounts: Accounts | undefined;
}

export interface TreeEntry {
  readonly kind: 'file' | 'folder' | 'other';
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** Undefined for what is not a configuration file, or could not be read. */
  readonly content?: string;
}

export interface Accounts {
  readonly users: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}
