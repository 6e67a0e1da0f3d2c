import { chmod, chown, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file, folder or symbolic link of a node, by its absolute path there. */
export type TreeEntry =
  | {
      readonly path: string;
      readonly kind: 'file';
      readonly content: string;
      readonly mode?: number;
      readonly owner?: number;
    }
  | { readonly path: string; readonly kind: 'folder'; readonly mode?: number; readonly owner?: number }
  | { readonly path: string; readonly kind: 'link'; readonly target: string };

/**
 * Writes entries below a folder, in order; folders in between are made with mode 0755. Owners are numbers, user =
 * group.
 */
export async function writeTree(folder: string, entries: readonly TreeEntry[]): Promise<void> {
  for (const entry of entries) {
    const path = join(folder, entry.path);
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    // A whiteout of the layer is a device, and would be opened instead of replaced.
    if (entry.kind !== 'folder') await rm(path, { force: true });
    if (entry.kind === 'link') {
      await symlink(entry.target, path);
      continue;
    }
    if (entry.kind === 'folder') await mkdir(path, { recursive: true });
    else await writeFile(path, entry.content);
    // The umask of whoever started the lab must not show in a node.
    await chmod(path, entry.mode ?? (entry.kind === 'folder' ? 0o755 : 0o644));
    if (entry.owner !== undefined) await chown(path, entry.owner, entry.owner);
  }
}
