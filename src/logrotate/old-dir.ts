import type { Complaint } from './configuration.ts';
import type { FileTree } from './file-tree.ts';
import type { DraftBlock, Session } from './session.ts';

/**
 * Why logrotate gives a file up at the closing brace of a block with `olddir`: the folder of a log, or its folder for
 * old logs, is not there (config.c, `error verifying …`). A folder of logs that was not looked at is taken to be there;
 * one for old logs is noted as unseen.
 */
export function oldDirTrouble(
  block: DraftBlock,
  { tree, release, unseen }: Session,
): Pick<Complaint, 'code' | 'what'> | undefined {
  const { oldDir, missingOk } = block.settings;
  if (oldDir === undefined) return undefined;
  const folders = block.files.filter((path) => path.includes('/')).map(folderOf);
  const present = folders.filter((folder) => isFolder(folder, tree));
  const missing = folders.find((folder) => !present.includes(folder));
  if (missing !== undefined && (!missingOk || release.oldDirNeedsLogFolder))
    return { code: 'log-folder-missing', what: missing };
  if (isCreated(block)) return undefined;
  const old = new Set(present.map((folder) => (oldDir.startsWith('/') ? oldDir : `${folder}/${oldDir}`)));
  unseen.push(...[...old].filter((folder) => tree.entry(folder) === 'unseen'));
  const absent = [...old].find((folder) => !isFolder(folder, tree));
  return absent === undefined ? undefined : { code: 'olddir-missing', what: absent };
}

/** Half a `su`, which releases before 3.16 accept, lets nothing be created. */
function isCreated(block: DraftBlock): boolean {
  const { createOldDir, su } = block.settings;
  return createOldDir && (su === undefined || (su.user !== '' && su.group !== ''));
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}

function isFolder(path: string, tree: FileTree): boolean {
  const entry = tree.entry(path);
  return entry === 'unseen' || (entry !== 'absent' && entry.kind === 'folder');
}
