import type { RoomSettings } from '../runtimes/kubelet/settings-in-force.ts';
import { inodesKeptFree, linesOf, type FileSystem } from '../runtimes/kubelet/eviction.ts';
import { durationSeconds } from '../runtimes/kubelet/duration.ts';
import { isRightPin, type NodeImage, type NodeImages } from './node-images.ts';
import type { PinSupport } from './pin-support.ts';

/** By what kubelet decides that images go. */
export interface CollectionPolicy {
  /** Percent of the image file system that is used; from `high` on it frees down to `low`. */
  readonly high: number;
  readonly low: number;
  /** Of images that are removed for room, seconds. */
  readonly minimumAge: number;
  /** Unused for longer, an image goes whatever the room; 0: none does. Seconds. */
  readonly maximumAge: number;
  /** Free bytes of a file system below which kubelet evicts, and removes all that is unused. */
  readonly evictsBelow: (size: number) => number;
  /** The same of the file system that holds kubelet's own folder, wherever the images are. */
  readonly evictsBelowOnNodefs: (size: number) => number;
  /** The same in inodes, of so many. A collection for room does not look at them: it is all or nothing. */
  readonly evictsBelowInodes: (inodes: number) => number;
}

/** kubelet's own folder and the images, which lie on one file system by default. */
const onOneDisk: ReadonlySet<FileSystem> = new Set(['imagefs', 'nodefs']);

/** A disk of its own for images: what is left on kubelet's removes none (eviction/helpers.go, buildSignalToNodeReclaimFuncs). */
export const ownDisk: ReadonlySet<FileSystem> = new Set(['imagefs']);

const onlyNodefs: ReadonlySet<FileSystem> = new Set(['nodefs']);

/** kubernetes/pkg/kubelet/apis/config/v1beta1/defaults.go. */
const defaults = { high: 85, low: 80, minimumAge: 120, maximumAge: 0 } as const;

/** Undefined for settings with which kubelet does not start. @param roles what the file system of images holds */
export function collectionPolicy(settings: RoomSettings, roles = onOneDisk): CollectionPolicy | undefined {
  const seconds = (text: string | undefined): number | undefined => (text === undefined ? 0 : durationSeconds(text));
  const [minimum, maximum] = [seconds(settings.imageMinimumGCAge), seconds(settings.imageMaximumGCAge)];
  if (minimum === undefined || maximum === undefined) return undefined;
  return {
    high: settings.imageGCHighThresholdPercent ?? defaults.high,
    low: settings.imageGCLowThresholdPercent ?? defaults.low,
    // Nought is replaced by the default there.
    minimumAge: minimum === 0 ? defaults.minimumAge : minimum,
    maximumAge: maximum,
    evictsBelow: (size) => evictsBelow(size, roles, settings),
    evictsBelowOnNodefs: (size) => evictsBelow(size, onlyNodefs, settings),
    evictsBelowInodes: (inodes) => inodesKeptFree(inodes, roles, settings),
  };
}

function evictsBelow(size: number, roles: ReadonlySet<FileSystem>, settings: RoomSettings): number {
  const lines = linesOf(size, roles, settings);
  return Math.max(0, ...lines.filter(({ what }) => what === 'eviction').map(({ available }) => available));
}

/** Where a file system stands, bytes. */
export interface Room {
  readonly size: number;
  readonly available: number;
}

/** Where it stands in inodes: files, folders and links of whatever size. */
export interface InodeRoom {
  readonly inodes: number;
  readonly freeInodes: number;
}

/** Percent; a part of one counts as used. 0 for a file system that has no number of them. */
export function usedInodesPercent({ inodes, freeInodes }: InodeRoom): number {
  return inodes === 0 ? 0 : 100 - Math.floor((Math.min(freeInodes, inodes) * 100) / inodes);
}

/** As kubelet reckons (images/image_gc_manager.go, GarbageCollect): a part of a percent counts as used. */
export function usedPercent({ size, available }: Room): number {
  return size === 0 ? 0 : 100 - Math.floor((Math.min(available, size) * 100) / size);
}

/** What a collection for room would free, bytes; 0 below its threshold. */
export function wantedBytes(room: Room, { high, low }: CollectionPolicy): number {
  if (high >= 100 || usedPercent(room) < high) return 0;
  return Math.max(0, Math.floor((room.size * (100 - low)) / 100) - room.available);
}

/** Free bytes of a file system of this size below which a collection begins, of whatever kind. */
export function collectsBelow(size: number, { high, evictsBelow }: CollectionPolicy): number {
  // The first whole percent that is `high` is reached a percent early.
  const threshold = high >= 100 ? 0 : (size * (101 - high)) / 100;
  return Math.max(threshold, evictsBelow(size));
}

/** Bytes that may still be written before the first collection; 0 when it is on. */
export function bytesUntilCollection({ size, available }: Room, policy: CollectionPolicy): number {
  return Math.max(0, available - collectsBelow(size, policy));
}

/** Why an image stays, whatever is done to make room. */
export type KeptBecause = 'running' | 'pinned' | 'kubelets-sandbox';

export interface Keeping {
  readonly pins: PinSupport;
  /** The name that kubelet itself keeps, where it keeps one. */
  readonly kubeletsSandbox: string | undefined;
}

/**
 * Whether a collection may take an image: `may` unless something is known to keep it. Which goes first is not known: a
 * kubelet tells nobody when it last saw an image used.
 */
export function collectable(image: NodeImage, { pins, kubeletsSandbox }: Keeping): 'may' | 'perhaps' | KeptBecause {
  if (image.use === 'running') return image.use;
  const isPinned = image.pins.some(isRightPin);
  if (isPinned && pins === 'honoured') return 'pinned';
  if (kubeletsSandbox !== undefined && image.names.some(({ name }) => name === kubeletsSandbox))
    return 'kubelets-sandbox';
  // Under pressure kubelet removes containers that have ended first, and then what they were made from.
  return image.use === 'perhaps' || image.use === 'ended' || (isPinned && pins === 'unknown') ? 'perhaps' : 'may';
}

/** All images that a collection may take: those that are only perhaps kept among them. */
export function collectableImages({ images }: NodeImages, keeping: Keeping): readonly NodeImage[] {
  return images.filter((image) => ['may', 'perhaps'].includes(collectable(image, keeping)));
}
