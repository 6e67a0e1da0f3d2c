import { normalPath } from '../glob.ts';
import type { FileTree, TreeEntry } from '../file-tree.ts';

export interface MemoryFile {
  readonly content?: string;
  readonly mode?: number;
  readonly uid?: number;
}

/** A tree of these files and the folders above them; folders end in a slash. All else is absent. */
export function memoryTree(files: Readonly<Record<string, MemoryFile>>): FileTree {
  const entries = new Map<string, TreeEntry>([['/', folder]]);
  const children = new Map<string, Set<string>>();
  for (const [name, file] of Object.entries(files)) {
    const path = name.replace(/\/$/, '');
    entries.set(path, name.endsWith('/') ? folder : fileEntry(file));
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const above = at.slice(0, at.lastIndexOf('/')) || '/';
      if (!entries.has(above)) entries.set(above, folder);
      children.set(above, (children.get(above) ?? new Set()).add(at.slice(at.lastIndexOf('/') + 1)));
    }
  }
  return {
    entry: (path) => entries.get(normalPath(path)) ?? 'absent',
    names: (path) => [...(children.get(normalPath(path)) ?? [])],
    accounts: { users: new Set(['root']), groups: new Set(['root']) },
  };
}

const folder: TreeEntry = { kind: 'folder', mode: 0o755, uid: 0, gid: 0, size: 0 };

function fileEntry({ content = '', mode = 0o644, uid = 0 }: MemoryFile): TreeEntry {
  return { kind: 'file', mode, uid, gid: 0, size: content.length, content };
}
