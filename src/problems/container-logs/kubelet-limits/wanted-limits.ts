import type { DiskRoom } from '../../../disk/room.ts';

export interface WantedLimits {
  /** Bytes. */
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** So much of the disk the logs of a full node may take: images, volumes and the system share the rest. */
const logShare = 1 / 5;

const mebibyte = 2 ** 20;
const defaults: WantedLimits = { maxBytes: 10 * mebibyte, maxFiles: 5 };

/**
 * kubelet's own defaults where a full node's logs then fit into a fifth of the disk; else the largest whole MiB that
 * fits with five files, or with three or two where that would be less than one MiB. Undefined where nothing fits.
 */
export function wantedLimits(disk: DiskRoom, containers: number): WantedLimits | undefined {
  const each = (disk.size * logShare) / Math.max(1, containers);
  if (defaults.maxBytes * defaults.maxFiles <= each) return defaults;
  for (const maxFiles of [5, 3, 2]) {
    const maxBytes = Math.floor(each / maxFiles / mebibyte) * mebibyte;
    if (maxBytes >= mebibyte) return { maxBytes: Math.min(maxBytes, defaults.maxBytes), maxFiles };
  }
  return undefined;
}
