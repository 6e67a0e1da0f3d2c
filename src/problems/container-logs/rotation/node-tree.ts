import type { RotationFiles } from './rotation-files.ts';
import type { FileTree, TreeEntry } from '../../../logrotate/file-tree.ts';
import { normalPath } from '../../../logrotate/glob.ts';
import type { DockerLog } from '../logs/watched-logs.ts';

/** A node's file system as far as evidence tells it: what logrotate reads, and the container logs. */
export function nodeTree(files: RotationFiles, logs: readonly DockerLog[], podLogs: readonly string[]): FileTree {
  const entries = new Map<string, TreeEntry>();
  const children = new Map<string, Set<string>>();
  const add = (path: string, entry: TreeEntry): void => addPath(entries, children, path, entry);
  for (const log of logs) addDockerLog(add, log);
  for (const path of podLogs) add(path, { ...rootOwned, kind: 'file', mode: 0o640 });
  for (const folder of [...files.folders, ...files.oldDirs]) add(folder, { ...rootOwned, kind: 'folder', mode: 0o755 });
  for (const path of files.dangling) noteChild(children, path);
  for (const file of files.files.values()) add(file.path, file);
  const containers = new Set(logs.flatMap((log) => log.paths.map(folderOf)));
  const isAbsent = (path: string): boolean => {
    const folder = folderOf(path);
    // All below what is absent is absent too.
    return isKnownAbsent(path, files, containers) || (folder.length > 1 && !entries.has(folder) && isAbsent(folder));
  };
  const entryAt = (path: string): TreeEntry | 'absent' | 'unseen' =>
    entries.get(path) ?? (isAbsent(path) ? 'absent' : 'unseen');
  return {
    accounts: files.accounts,
    names: (folder) => namesIn(normalPath(folder), files, children),
    entry: (path) => entryAt(normalPath(path)),
  };
}

const rootOwned = { uid: 0, gid: 0, size: 0 };

function addDockerLog(add: (path: string, entry: TreeEntry) => void, { paths, file, container }: DockerLog): void {
  for (const path of paths) {
    const { mode, uid, gid } = container.folder;
    add(folderOf(path), { kind: 'folder', mode, uid, gid, size: 0 });
    add(path, { kind: 'file', mode: file.mode, uid: file.uid, gid: file.gid, size: file.size });
  }
}

/** Puts an entry in its place, and folders above it where nothing is known yet. */
function addPath(
  entries: Map<string, TreeEntry>,
  children: Map<string, Set<string>>,
  path: string,
  entry: TreeEntry,
): void {
  entries.set(path, entry);
  for (let at = path; at !== '/' && at !== ''; at = folderOf(at)) {
    noteChild(children, at);
    const above = folderOf(at);
    if (!entries.has(above)) entries.set(above, { ...rootOwned, kind: 'folder', mode: 0o755 });
  }
}

function noteChild(children: Map<string, Set<string>>, path: string): void {
  const folder = folderOf(path);
  const names = children.get(folder) ?? new Set<string>();
  names.add(path.slice(path.lastIndexOf('/') + 1));
  children.set(folder, names);
}

/** A name without a slash is in no folder that is known. */
function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash) || '/';
}

function namesIn(
  folder: string,
  files: RotationFiles,
  children: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] | 'unseen' {
  const names = children.get(folder);
  return names === undefined && !files.folders.has(folder) ? 'unseen' : [...(names ?? [])];
}

/** What the probe looked for and did not find. A container's folder holds nothing that docker did not put there. */
function isKnownAbsent(path: string, files: RotationFiles, containers: ReadonlySet<string>): boolean {
  const folder = folderOf(path);
  return files.missing.has(path) || files.dangling.has(path) || files.folders.has(folder) || containers.has(folder);
}
