import type { ImageRoom } from '../../../actions/image/image-action.ts';
import { archivePlace, bytesOnDisk, inodesOnDisk, type ArchivePlace, type Headroom } from '../../../images/headroom.ts';
import { collectable, usedPercent } from '../../../images/collection.ts';
import { titleOf } from '../../../images/node-images.ts';
import type { ChosenSource } from '../../../images/sources/choose-source.ts';
import type { TextParams } from '../../../locales/translator.ts';
import type { NeedyNode } from './needy-images.ts';

/** What an image takes of its node. */
export interface Taken {
  readonly transferred: number;
  /** Bytes of the images' disk, for as long as it is there. */
  readonly image: number;
  readonly inodes: number;
  /** Besides, until it was imported: bytes there, 0 where it comes without an archive, or that lies on another disk. */
  readonly archive: number;
  /** Where that is. */
  readonly archiveElsewhere?: Extract<ArchivePlace, { on: 'other' }>;
}

/** Of content that comes; what is brought by way of this machine lies on the node as an archive first. */
export function takenBy({ view }: NeedyNode, { source: { kind }, bytes }: ChosenSource): Taken {
  const place = kind === 'other-node' || kind === 'archive' ? archivePlace(view) : undefined;
  return {
    transferred: bytes,
    image: bytesOnDisk(bytes),
    inodes: inodesOnDisk(bytes),
    archive: place?.on === 'images' ? bytes : 0,
    ...(place?.on === 'other' ? { archiveElsewhere: place } : {}),
  };
}

/** What of the disk of images is planned with by now. */
export interface Planned {
  readonly bytes: number;
  readonly inodes: number;
}

/** Which of a node's rooms an image does not fit into, with what is left of it; undefined where it fits. */
export function lackingRoom(
  taken: Taken,
  { bytes, inodes }: Headroom,
  planned: Planned,
): { readonly of: 'bytes' | 'archive' | 'inodes'; readonly left: number } | undefined {
  const left = bytes.left - planned.bytes;
  if (taken.image + taken.archive > left) return { of: 'bytes', left: Math.max(0, left) };
  const { archiveElsewhere: archive } = taken;
  if (archive !== undefined && taken.transferred > archive.left) return { of: 'archive', left: archive.left };
  if (inodes === undefined || taken.inodes <= inodes.left - planned.inodes) return undefined;
  return { of: 'inodes', left: Math.max(0, inodes.left - planned.inodes) };
}

/** What the node is to look at again before anything comes. Of the archive it reckons itself. */
export function roomOf({ path, bytes, inodes }: Headroom, taken: Taken): ImageRoom {
  const { archiveElsewhere: archive } = taken;
  return {
    path,
    needed: taken.image,
    keepFree: bytes.keepFree,
    ...(inodes === undefined ? {} : { inodes: { needed: taken.inodes, keepFree: inodes.keepFree } }),
    ...(archive === undefined ? {} : { archiveKeepFree: archive.keepFree }),
  };
}

/**
 * The arithmetic of a restore that there is no room for, and what else could make room: images that nothing runs and
 * nothing needs. None of it is freed by this plan.
 */
export function roomParams({ view, store }: NeedyNode, image: string, taken: Taken, free: number): TextParams {
  const needed = new Set(view.needed.map(({ name }) => name));
  const dead = store.images.filter(
    (one) => collectable(one, view.keeping) === 'may' && !one.names.some(({ name }) => needed.has(name)),
  );
  return {
    image,
    transferBytes: taken.transferred,
    neededBytes: taken.image + taken.archive,
    freeBytes: Math.floor(free),
    neededInodes: taken.inodes,
    path: taken.archiveElsewhere?.path ?? (view.room.state === 'seen' ? view.room.value.path : ''),
    percent: view.room.state === 'seen' ? usedPercent(view.room.value) : 0,
    high: view.policy.state === 'seen' ? view.policy.value.high : 0,
    deadCount: dead.length,
    deadBytes: dead.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    dead: dead.map(titleOf).slice(0, 3).join(', '),
  };
}
