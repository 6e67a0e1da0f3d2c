import { diskRoom, isSameDisk } from '../disk/room.ts';
import type { NodeEvidence } from '../evidence/evidence.ts';
import { readFact } from '../problems/kit/read-fact.ts';

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
 * Bytes that an archive takes of the images' disk until it was imported. It lies below /var/lib, and the node looks again, at that
 * very folder, before the first byte comes. Where nothing there was measured, it counts.
 * @param path the runtime's folder
 */
export function archiveOnDisk(node: NodeEvidence, path: string, transferred: number): number {
  const rooms = readFact(node, diskRoom);
  if (rooms.state !== 'seen') return transferred;
  const [images, others] = [path, '/var/lib/kubelet'].map((one) => rooms.value.find((room) => room.path === one));
  return images === undefined || others === undefined || isSameDisk(images, others) ? transferred : 0;
}
