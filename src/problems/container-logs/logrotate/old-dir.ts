import type { Complaint } from './configuration.ts';
import type { FileTree } from './file-tree.ts';
import type { Release } from './release.ts';
import type { DraftBlock } from './session.ts';

/**
 * Why logrotate gives a file up at the closing brace of a block with `olddir`: the folder of a log, or its folder for old logs,
 * is not there (config.c, `error verifying …`). A folder that was not looked at counts as missing: neither docker nor kubelet
 * makes one.
 */
export function oldDirTrouble(
  block: DraftBlock,
  tree: FileTree,
  release: Release,
): Pick<Complaint, 'code' | 'what'> | undefined {
  const { oldDir, missingOk, su } = block.settings;
  if (oldDir === undefined) return undefined;
  // Half a `su`, which releases before 3.16 accept, lets nothing be created.
  const isCreated = block.settings.createOldDir && su?.user !== '' && su?.group !== '';
  for (const path of block.files.filter((name) => name.includes('/'))) {
    const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 1));
    if (!isFolder(folder, tree)) {
      if (missingOk && !release.oldDirNeedsLogFolder) continue;
      return { code: 'log-folder-missing', what: folder };
    }
    const old = oldDir.startsWith('/') ? oldDir : `${folder}/${oldDir}`;
    if (!isCreated && !isFolder(old, tree)) return { code: 'olddir-missing', what: old };
  }
  return undefined;
}

function isFolder(path: string, tree: FileTree): boolean {
  const entry = tree.entry(path);
  return entry !== 'absent' && entry !== 'unseen' && entry.kind === 'folder';
}
