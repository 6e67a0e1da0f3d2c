import type { FileTree, TreeEntry } from './file-tree.ts';
import { fnmatch, hasMagic, unescapePattern } from './fnmatch.ts';

/**
 * glob(3) over what is known of a node, as logrotate calls it (GLOB_NOCHECK | GLOB_TILDE): what a pattern matches, in
 * byte order, or the pattern itself when it matches nothing. Folders are left out, as logrotate leaves them out. Parts
 * of the file system that were not looked at match nothing.
 */
export function expandGlob(pattern: string, tree: FileTree): readonly string[] {
  const expanded = pattern === '~' || pattern.startsWith('~/') ? `/root${pattern.slice(1)}` : pattern;
  const parts = expanded.split('/');
  const matches = walk([''], parts.slice(1), tree);
  if (!expanded.startsWith('/') || matches.length === 0) return [pattern];
  return matches.toSorted(compareBytes).filter((path) => kindOf(path, tree) !== 'folder');
}

/** Byte order: what strcoll(3) gives in the C locale, which cron and systemd run logrotate in. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The folder that a pattern looks into and that is known not to exist: opendir(3) fails there, which some releases
 * mind.
 */
export function missingFolderOf(pattern: string, tree: FileTree): string | undefined {
  const parts = pattern.split('/');
  const magic = parts.findIndex(hasMagic);
  if (magic < 1) return undefined;
  const ancestors = parts.slice(0, magic).map(
    (_, index) =>
      parts
        .slice(0, index + 1)
        .map(unescapePattern)
        .join('/') || '/',
  );
  const obstacle = ancestors.find((path) => kindOf(path, tree) !== 'folder');
  // A file where a folder should be is another error (ENOTDIR), which glob(3) keeps to itself.
  return obstacle !== undefined && tree.entry(obstacle) === 'absent' ? ancestors.at(-1) : undefined;
}

function walk(found: readonly string[], parts: readonly string[], tree: FileTree): readonly string[] {
  const [part, ...rest] = parts;
  if (part === undefined || found.length === 0) return found;
  return walk(
    found.flatMap((folder) => step(folder, part, tree)),
    rest,
    tree,
  );
}

function step(folder: string, part: string, tree: FileTree): readonly string[] {
  if (!hasMagic(part)) {
    const path = `${folder}/${unescapePattern(part)}`;
    return part === '' || kindOf(path, tree) !== undefined ? [path] : [];
  }
  const names = tree.names(folder === '' ? '/' : folder);
  if (names === 'unseen') return [];
  return names.filter((name) => fnmatch(part, name, { period: true })).map((name) => `${folder}/${name}`);
}

function kindOf(path: string, tree: FileTree): TreeEntry['kind'] | undefined {
  const entry = tree.entry(path);
  return entry === 'absent' || entry === 'unseen' ? undefined : entry.kind;
}

/** Whether a pattern could match this path, wherever the path exists. */
export function matchesPath(pattern: string, path: string): boolean {
  const parts = normalPath(pattern).split('/');
  const names = path.split('/');
  return parts.length === names.length && parts.every((part, index) => matchesName(part, names[index] ?? ''));
}

/** Without doubled slashes and `.` parts: two ways of writing one path. */
export function normalPath(path: string): string {
  return path.replace(/\/(?:\.?\/)+/g, '/').replace(/(.)\/\.?$/, '$1');
}

function matchesName(part: string, name: string): boolean {
  return hasMagic(part) ? fnmatch(part, name, { period: true }) : unescapePattern(part) === name;
}
