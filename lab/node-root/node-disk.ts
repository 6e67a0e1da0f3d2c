import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import layerScript from './layer.sh?raw';
import { mustRun } from './run-program.ts';

/** Where a node keeps what it writes: `upper` is filled before the overlay is mounted, `root` is the mounted result. */
export interface NodeDisk {
  readonly folder: string;
  readonly upper: string;
  readonly root: string;
}

/** Builds the layer that all node roots share (see layer.sh) and gives the folder whose files nodes will see. */
export async function buildSharedLayer(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await mustRun('layer', 'sh', ['-c', layerScript, 'layer.sh', folder]);
  return join(folder, 'upper');
}

/**
 * A disk of its own for a node: a tmpfs of `bytes`, which is also the size that `df /` shows inside. It costs memory
 * only for what is written.
 */
export async function makeNodeDisk(folder: string, bytes: number): Promise<NodeDisk> {
  await mkdir(folder, { recursive: true });
  await mustRun('disk', 'mount', [
    '-t',
    'tmpfs',
    '-o',
    `mode=0755,nosuid,nodev,size=${bytes}`,
    'nodemend-lab-disk',
    folder,
  ]);
  const disk = { folder, upper: join(folder, 'upper'), root: join(folder, 'root') };
  await Promise.all([disk.upper, disk.root, join(folder, 'work')].map((path) => mkdir(path)));
  return disk;
}

/**
 * Mounts the node's overlay: its own files over the shared layer over the machine's root. This is done as the machine's
 * root, because an overlay with `/` as its lowest layer cannot be mounted inside a user namespace.
 * @param sharedLayer relative to the disk's folder; relative paths keep ':' and ',' of absolute ones out of the options
 */
export async function mountNodeOverlay(disk: NodeDisk, sharedLayer: string): Promise<void> {
  const options = `nodev,lowerdir=${sharedLayer}:/,upperdir=upper,workdir=work`;
  const script = 'cd "$1" && exec /bin/mount -t overlay -o "$2" nodemend-lab root';
  await mustRun('overlay', 'sh', ['-c', script, 'sh', disk.folder, options]);
}

/** Frees everything the node wrote. Only when no process of the node is left. */
export async function removeNodeDisk(disk: NodeDisk): Promise<void> {
  await mustRun('disk', 'umount', ['--recursive', '--lazy', disk.folder]);
}
