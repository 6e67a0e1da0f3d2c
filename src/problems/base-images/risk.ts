import type { Evidence, NodeEvidence } from '../../evidence/evidence.ts';
import { rateInterval } from '../../statistics/rate-interval.ts';
import {
  bytesUntilCollection,
  collectable,
  collectableImages,
  usedInodesPercent,
  usedPercent,
  wantedBytes,
  type CollectionPolicy,
  type InodeRoom,
  type Room,
} from '../../images/collection.ts';
import { imageNamed, titleOf, type NodeImage, type NodeImages } from '../../images/node-images.ts';
import type { FactValue } from '../problem.ts';
import type { NodeView } from '../../images/node-view.ts';

/** When a collection may take images of a node. */
export type Risk =
  /**
   * `pressure`: the node is evicting; `inodes`: it is about to, because its image disk has too few inodes left, however
   * empty that is; `threshold`: the disk is past kubelet's; `age`: unused images are removed by their age.
   */
  | { readonly state: 'now'; readonly why: 'pressure' | 'inodes' | 'threshold' | 'age' }
  /** Days from when it was looked at. */
  | { readonly state: 'soon'; readonly why: 'trend' | 'inodes-trend'; readonly days: Days }
  | { readonly state: 'soon'; readonly why: 'age'; readonly days: Days }
  | { readonly state: 'soon'; readonly why: 'near' | 'inodes-near' }
  | { readonly state: 'later'; readonly why?: undefined };

interface Days {
  readonly from: number;
  readonly to: number;
}

const day = 86_400;
/** Time enough to restore and to pin, a weekend in between. */
const soonDays = 14;
/** Percent of the disk, or of its inodes, before kubelet's threshold at which one pull may be what is missing. */
const nearPercent = 5;
/** A trend over an hour says nothing of a time further ahead than fifty. */
const reach = 50;

/** Of the file system of images. */
export interface ImageRoom extends Room, InodeRoom {}

/** @param growth of the file system, where an earlier look tells */
export function riskOf(view: NodeView, room: ImageRoom, policy: CollectionPolicy, growth: Growth | undefined): Risk {
  const byAge = riskByAge(view, policy);
  const now = riskNow(view, room, policy) ?? (byAge?.state === 'now' ? byAge : undefined);
  return now ?? riskByTrends(room, policy, growth) ?? riskNear(room, policy) ?? byAge ?? { state: 'later' };
}

function riskNow({ node }: NodeView, room: ImageRoom, policy: CollectionPolicy): Risk | undefined {
  if (isUnderPressure(node) || room.available < policy.evictsBelow(room.size)) return { state: 'now', why: 'pressure' };
  if (room.freeInodes < policy.evictsBelowInodes(room.inodes)) return { state: 'now', why: 'inodes' };
  return wantedBytes(room, policy) > 0 ? { state: 'now', why: 'threshold' } : undefined;
}

/** What is met first; of bytes where both are as near. */
function riskByTrends(room: ImageRoom, policy: CollectionPolicy, growth: Growth | undefined): Risk | undefined {
  if (growth === undefined) return undefined;
  const { seconds } = growth;
  const keptFree = policy.evictsBelowInodes(room.inodes);
  const bytes = daysUntil(bytesUntilCollection(room, policy), growth.bytes, seconds);
  const inodes = keptFree > 0 ? daysUntil(room.freeInodes - keptFree, growth.inodes, seconds) : undefined;
  if (bytes !== undefined && !(inodes !== undefined && inodes.from < bytes.from))
    return { state: 'soon', why: 'trend', days: bytes };
  return inodes && { state: 'soon', why: 'inodes-trend', days: inodes };
}

function riskNear(room: ImageRoom, policy: CollectionPolicy): Risk | undefined {
  const { high } = policy;
  if (high < 100 && usedPercent(room) >= high - nearPercent) return { state: 'soon', why: 'near' };
  const keptFree = policy.evictsBelowInodes(room.inodes);
  const isNear = keptFree > 0 && room.freeInodes < keptFree + (room.inodes * nearPercent) / 100;
  return isNear ? { state: 'soon', why: 'inodes-near' } : undefined;
}

function isUnderPressure({ api }: NodeEvidence): boolean {
  return (
    api.state === 'seen' &&
    api.value.conditions.some(({ type, status }) => type === 'DiskPressure' && status === 'True')
  );
}

/** Nothing is removed by its age before kubelet has run for so long; what was never in use is as old as can be then. */
function riskByAge({ kubeletAge }: NodeView, { maximumAge }: CollectionPolicy): Risk | undefined {
  if (maximumAge === 0) return undefined;
  const left = kubeletAge === undefined ? maximumAge : maximumAge - kubeletAge;
  if (left <= 0) return { state: 'now', why: 'age' };
  return { state: 'soon', why: 'age', days: { from: kubeletAge === undefined ? 0 : left / day, to: left / day } };
}

/** @param seconds for which the rate was seen */
function daysUntil(left: number, { low, high }: Rate, seconds: number): Days | undefined {
  const from = left / high;
  if (high <= 0 || from > Math.min(soonDays * day, seconds * reach)) return undefined;
  return { from: from / day, to: low > 0 ? left / low / day : Number.POSITIVE_INFINITY };
}

/** At the slowest and at the fastest, a second. */
interface Rate {
  readonly low: number;
  readonly high: number;
}

export interface Growth {
  readonly bytes: Rate;
  readonly inodes: Rate;
  /** Between the two looks. */
  readonly seconds: number;
}

/** Nearer to each other two looks tell more of the moment than of the day. */
const shortest = 60;

/** How fast the file system of images fills, by the same machine in earlier evidence. */
export function growthOf(
  room: ImageRoom,
  before: { readonly room: ImageRoom; readonly at: string } | undefined,
  { collectedAt }: Evidence,
): Growth | undefined {
  if (before === undefined || before.room.size !== room.size) return undefined;
  const seconds = (Date.parse(collectedAt) - Date.parse(before.at)) / 1000;
  if (!(seconds >= shortest)) return undefined;
  const rateOf = (amount: number): Rate => rateInterval([{ amount: Math.max(0, amount), seconds }]);
  return {
    bytes: rateOf(before.room.available - room.available),
    inodes: rateOf(before.room.freeInodes - room.freeInodes),
    seconds,
  };
}

/** Base images that a collection may take, by the names that they are needed under. */
export function baseImagesAtRisk({ needed, keeping }: NodeView, store: NodeImages): readonly string[] {
  return needed.flatMap(({ name }) => {
    const found = imageNamed(store, name);
    return found !== undefined && ['may', 'perhaps'].includes(collectable(found.image, keeping)) ? [name] : [];
  });
}

/** Numbers for people and JSON: where the disk stands, what kubelet would want, and what it may take. */
export function riskFacts(
  view: NodeView,
  store: NodeImages,
  room: ImageRoom,
  policy: CollectionPolicy,
): Readonly<Record<string, FactValue>> {
  const images = collectableImages(store, view.keeping);
  return {
    diskBytes: room.size,
    diskAvailableBytes: room.available,
    usedPercent: usedPercent(room),
    highThresholdPercent: policy.high,
    wantedBytes: wantedBytes(room, policy),
    inodes: room.inodes,
    freeInodes: room.freeInodes,
    usedInodesPercent: usedInodesPercent(room),
    evictsBelowFreeInodes: policy.evictsBelowInodes(room.inodes),
    collectable: images.map(titleOf).toSorted(),
    collectableBytes: images.reduce((sum, { bytes = 0 }: NodeImage) => sum + bytes, 0),
  };
}
