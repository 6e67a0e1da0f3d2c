import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Accounts, FileTree, TreeEntry } from '../file-tree.ts';

/** This machine's own files as a tree, so that our reading can be held against a real logrotate's on the same files. */
export function diskTree(accounts?: Accounts): FileTree {
  return { entry, names: (folder) => readdirSync(folder), accounts };
}

function entry(path: string): TreeEntry | 'absent' {
  const stats = statSync(path, { throwIfNoEntry: false }) ?? undefined;
  if (stats === undefined || isBelowFile(path)) return 'absent';
  const { mode, uid, gid, size } = stats;
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
  const content = kind === 'file' ? { content: readFileSync(path, 'latin1') } : {};
  return { kind, mode: mode & 0o7777, uid, gid, size, ...content };
}

function isBelowFile(path: string): boolean {
  return path.endsWith('/') && lstatSync(path.replace(/\/+$/, ''), { throwIfNoEntry: false })?.isFile() === true;
}
