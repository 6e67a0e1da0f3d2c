import { archiveOnDisk, bytesOnDisk } from '../../../images/headroom.ts';
import { bytesUntilCollection, collectable, collectsBelow, usedPercent } from '../../../images/collection.ts';
import { titleOf } from '../../../images/node-images.ts';
import type { ChosenSource } from '../../../images/sources/choose-source.ts';
import type { TextParams } from '../../../locales/translator.ts';
import type { NeedyNode } from './needy-images.ts';

/** What may still come to a node before its images are collected again, bytes of disk. */
export type Headroom =
  | {
      readonly state: 'known';
      /** The runtime's folder, and how many bytes of its disk have to stay free. */
      readonly room: { readonly path: string; readonly keepFree: number };
      readonly free: number;
    }
  | { readonly state: 'unknown'; readonly why: 'room' | 'policy' };

export function headroomOf({ view: { room, policy } }: NeedyNode): Headroom {
  if (room.state !== 'seen') return { state: 'unknown', why: 'room' };
  if (policy.state !== 'seen') return { state: 'unknown', why: 'policy' };
  const { path, size } = room.value;
  return {
    state: 'known',
    room: { path, keepFree: Math.ceil(collectsBelow(size, policy.value)) },
    free: bytesUntilCollection(room.value, policy.value),
  };
}

/** Bytes of the images' disk that an image takes. */
export interface Taken {
  readonly transferred: number;
  /** For as long as it is there. */
  readonly image: number;
  /** Besides, until it was imported; 0 where it comes without one, or lies on another disk. */
  readonly archive: number;
}

/** Of content that comes; what is brought by way of this machine lies on the node as an archive first. */
export function takenBy(
  { view }: NeedyNode,
  { source: { kind }, bytes }: ChosenSource,
  { path }: { path: string },
): Taken {
  const isArchive = kind === 'other-node' || kind === 'archive';
  return {
    transferred: bytes,
    image: bytesOnDisk(bytes),
    archive: isArchive ? archiveOnDisk(view.node, path, bytes) : 0,
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
    percent: view.room.state === 'seen' ? usedPercent(view.room.value) : 0,
    high: view.policy.state === 'seen' ? view.policy.value.high : 0,
    deadCount: dead.length,
    deadBytes: dead.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    dead: dead.map(titleOf).slice(0, 3).join(', '),
  };
}
