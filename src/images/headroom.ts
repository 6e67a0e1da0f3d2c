/**
 * What an image takes of a disk for each byte that is transferred: the content as it came, which containerd keeps, and
 * its layers unpacked. 400 MB of Debian 12's programs and libraries are 2.7 times what gzip makes of them.
 */
const onDisk = 1 + 3;

/** Bytes of disk that an image takes at the most, from those that are transferred. */
export function bytesOnDisk(transferred: number): number {
  return transferred * onDisk;
}
