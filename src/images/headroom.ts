import { diskRoom, isSameDisk } from '../disk/room.ts';
import { readFact } from '../problems/kit/read-fact.ts';
import { bytesUntilCollection, collectsBelow } from './collection.ts';
import type { NodeView } from './node-view.ts';

/**
 * What an image takes of a disk for each byte that is transferred: the content as it came, which containerd keeps, and
 * its layers unpacked. 400 MB of Debian 12's programs and libraries are 2.7 times what gzip makes of them.
 */
const onDisk = 1 + 3;

/** Bytes of disk that an image takes at the most, from those that are transferred. */
export function bytesOnDisk(transferred: number): number {
  return transferred * onDisk;
}

/**
 * No manifest says how many files an image has. Debian 12's /usr/share, nothing but small ones, has one for each 4.3 KB of
 * what gzip makes of it, a folder of npm packages one for each 6.8. ext4 has an inode for each 16 KiB of disk by default
 * (mke2fs.conf), so that there an image runs out of these no sooner than of bytes.
 */
const bytesAFile = 4096;

/** What containerd makes besides for an image: of each of 128 layers at most a blob and three folders. */
const ofContainerd = 512;

/**
 * Inodes that an image takes, its layers unpacked: estimated from the bytes that are transferred, which many tiny files
 * exceed, so that a pull is watched while it is unpacked (`fetch.sh`); or at the most, where its files were counted.
 * @param files how many it has, where a node that has it unpacked said so
 */
export function inodesOnDisk(transferred: number, files?: number): number {
  return files === undefined ? Math.ceil(transferred / bytesAFile) : files + ofContainerd;
}

/** What of something may still come to a disk, and how much has to stay free of it, so that kubelet removes nothing. */
export interface Left {
  readonly keepFree: number;
  readonly left: number;
}

/** What may still come to the disk of a node's images. */
export interface Headroom {
  /** The runtime's folder. */
  readonly path: string;
  readonly bytes: Left;
  /** Absent where the file system has no number of them (btrfs). */
  readonly inodes?: Left;
}

export type KnownHeadroom =
  | { readonly state: 'known'; readonly headroom: Headroom }
  | { readonly state: 'unknown'; readonly why: 'room' | 'policy' };

/** Without a kubelet nothing is removed, and the disk itself is the limit. */
export function headroomOf({ room, policy, hasKubelet }: NodeView): KnownHeadroom {
  if (room.state !== 'seen') return { state: 'unknown', why: 'room' };
  const { path, size, available, inodes, freeInodes } = room.value;
  const headroom = (bytes: Left, inodesKept: number): KnownHeadroom => {
    const ofInodes = { keepFree: inodesKept, left: Math.max(0, freeInodes - inodesKept) };
    return { state: 'known', headroom: { path, bytes, ...(inodes === 0 ? {} : { inodes: ofInodes }) } };
  };
  if (hasKubelet.state === 'seen' && !hasKubelet.value) return headroom({ keepFree: 0, left: available }, 0);
  if (policy.state !== 'seen') return { state: 'unknown', why: 'policy' };
  const bytes = {
    keepFree: Math.ceil(collectsBelow(size, policy.value)),
    left: bytesUntilCollection(room.value, policy.value),
  };
  return headroom(bytes, policy.value.evictsBelowInodes(inodes));
}

/** Where an archive lies on a node until it was imported. */
export type ArchivePlace =
  /** It counts beside the image; so it does where nothing is known. */
  | { readonly on: 'images' }
  /** On a disk of its own, where as much stays free as kubelet keeps of its own. */
  | ({ readonly on: 'other'; readonly path: string } & Left);

/** nodemend keeps what it brings below /var/lib; the node looks again, at that very folder, before the first byte comes. */
export function archivePlace({ node, room, policy }: NodeView): ArchivePlace {
  const rooms = readFact(node, diskRoom);
  if (rooms.state !== 'seen' || room.state !== 'seen') return { on: 'images' };
  const at = (path: string): (typeof rooms.value)[number] | undefined => rooms.value.find((one) => one.path === path);
  // Bundles of older probes have kubelet's folder alone.
  const others = at('/var/lib') ?? at('/var/lib/kubelet');
  if (others === undefined || isSameDisk(room.value, others)) return { on: 'images' };
  const keepFree = policy.state === 'seen' ? Math.ceil(policy.value.evictsBelowOnNodefs(others.size)) : 0;
  return { on: 'other', path: others.path, keepFree, left: Math.max(0, others.available - keepFree) };
}
