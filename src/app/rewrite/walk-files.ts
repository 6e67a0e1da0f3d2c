import { readdirSync, statSync, type Dirent, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import { isDockerfile } from '../../manifests/dockerfile.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';

/** Why a file was left alone. */
export type LeftAlone =
  | 'symlink'
  | 'unreadable'
  | 'huge'
  | 'binary'
  | 'utf-16'
  | 'changed-meanwhile'
  | 'backup-exists'
  | 'unwritable';

export interface Walk {
  /** A file to look into, as it is named to people. */
  readonly file: (name: string, path: string) => void;
  readonly leave: (name: string, why: LeftAlone) => void;
  /** A file in a folder that is called like nothing that holds image references, and is not looked into. */
  readonly skip: () => void;
}

/**
 * What a folder is searched for: manifests, templates of them, and what images are built from. A file that is named
 * itself is looked into whatever it is called: scripts and lists of images too.
 */
const isManifest = (name: string): boolean =>
  /\.(?:ya?ml|json|j2|jinja2?|tmpl|tpl|template|gotmpl|(?:lib|j)sonnet)$/i.test(name) ||
  name === 'Kustomization' ||
  isDockerfile(name);

/** Not the work of whoever works here. */
const skippedFolders: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * Walks a file, or a folder in the order of its names. @throws NodemendError INPUT_UNREADABLE when there is no such
 * path
 */
export function walkPath(name: string, workingFolder: string, walk: Walk): void {
  const path = resolve(workingFolder, name);
  const stats = statOf(name, path);
  // A link that somebody named is what they mean; one that is found leads elsewhere.
  if (stats.isDirectory()) walkFolder(name, path, walk);
  else if (stats.isFile()) walk.file(name, path);
  else walk.leave(name, 'unreadable');
}

function statOf(name: string, path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    throw new NodemendError('INPUT_UNREADABLE', { context: 'path', path: name, fault: faultOf(cause) }, { cause });
  }
}

function walkFolder(name: string, path: string, walk: Walk): void {
  // Put together by hand: normalising a hundred thousand paths is a tenth of all the time.
  const [named, at] = [name === '.' ? '' : name.replace(/\/*$/, '/'), path.replace(/\/*$/, '/')];
  for (const entry of entriesOf(name, path, walk)) {
    const inside = named + entry.name;
    if (entry.isDirectory() && !skippedFolders.has(entry.name)) walkFolder(inside, at + entry.name, walk);
    else if (entry.isFile() && isManifest(entry.name)) walk.file(inside, at + entry.name);
    else if (entry.isSymbolicLink() && isManifest(entry.name)) walk.leave(inside, 'symlink');
    else if (entry.isFile()) walk.skip();
  }
}

function entriesOf(name: string, path: string, walk: Walk): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    walk.leave(name, 'unreadable');
    return [];
  }
}

function faultOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
