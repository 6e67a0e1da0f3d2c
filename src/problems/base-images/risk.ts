import type { Evidence, NodeEvidence } from '../../evidence/evidence.ts';
import { rateInterval } from '../../statistics/rate-interval.ts';
import {
  bytesUntilCollection,
  collectable,
  collectableImages,
  usedPercent,
  wantedBytes,
  type CollectionPolicy,
  type Room,
} from '../../images/collection.ts';
import { imageNamed, titleOf, type NodeImage, type NodeImages } from '../../images/node-images.ts';
import type { FactValue } from '../problem.ts';
import type { NodeView } from '../../images/node-view.ts';

/** When a collection may take images of a node. */
export type Risk =
  /** `pressure`: the node is evicting; `threshold`: its disk is past kubelet's; `age`: unused images are removed by their age. */
  | { readonly state: 'now'; readonly why: 'pressure' | 'threshold' | 'age' }
  /** Days from when it was looked at. */
  | { readonly state: 'soon'; readonly why: 'trend'; readonly days: Days }
  | { readonly state: 'soon'; readonly why: 'age'; readonly days: Days }
  | { readonly state: 'soon'; readonly why: 'near' }
  | { readonly state: 'later'; readonly why?: undefined };

interface Days {
  readonly from: number;
  readonly to: number;
}

const day = 86_400;
/** Time enough to restore and to pin, a weekend in between. */
const soonDays = 14;
/** Percent of the disk before kubelet's threshold at which one pull may be what is missing. */
const nearPercent = 5;
/** A trend over an hour says nothing of a time further ahead than fifty. */
const reach = 50;

/** @param growth of the file system, where an earlier look tells */
export function riskOf(view: NodeView, room: Room, policy: CollectionPolicy, growth: Growth | undefined): Risk {
  const byAge = riskByAge(view, policy);
  const now = riskNow(view, room, policy) ?? (byAge?.state === 'now' ? byAge : undefined);
  return (
    now ??
    riskByTrend(bytesUntilCollection(room, policy), growth) ??
    riskNear(room, policy) ??
    byAge ?? { state: 'later' }
  );
}

function riskNow({ node }: NodeView, room: Room, policy: CollectionPolicy): Risk | undefined {
  if (isUnderPressure(node) || room.available < policy.evictsBelow(room.size)) return { state: 'now', why: 'pressure' };
  return wantedBytes(room, policy) > 0 ? { state: 'now', why: 'threshold' } : undefined;
}

function riskNear(room: Room, { high }: CollectionPolicy): Risk | undefined {
  return high < 100 && usedPercent(room) >= high - nearPercent ? { state: 'soon', why: 'near' } : undefined;
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

function riskByTrend(bytes: number, growth: Growth | undefined): Risk | undefined {
  if (growth === undefined) return undefined;
  const { low, high, seconds } = growth;
  const from = bytes / high;
  if (high <= 0 || from > Math.min(soonDays * day, seconds * reach)) return undefined;
  return {
    state: 'soon',
    why: 'trend',
    days: { from: from / day, to: low > 0 ? bytes / low / day : Number.POSITIVE_INFINITY },
  };
}

export interface Growth {
  /** Bytes a second. */
  readonly low: number;
  readonly high: number;
  /** Between the two looks. */
  readonly seconds: number;
}

/** Nearer to each other two looks tell more of the moment than of the day. */
const shortest = 60;

/** How fast the file system of images fills, by the same machine in earlier evidence. */
export function growthOf(
  room: Room,
  before: { readonly room: Room; readonly at: string } | undefined,
  { collectedAt }: Evidence,
): Growth | undefined {
  if (before === undefined || before.room.size !== room.size) return undefined;
  const seconds = (Date.parse(collectedAt) - Date.parse(before.at)) / 1000;
  if (!(seconds >= shortest)) return undefined;
  const { low, high } = rateInterval([{ amount: Math.max(0, before.room.available - room.available), seconds }]);
  return { low, high, seconds };
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
  room: Room,
  policy: CollectionPolicy,
): Readonly<Record<string, FactValue>> {
  const images = collectableImages(store, view.keeping);
  return {
    diskBytes: room.size,
    diskAvailableBytes: room.available,
    usedPercent: usedPercent(room),
    highThresholdPercent: policy.high,
    wantedBytes: wantedBytes(room, policy),
    collectable: images.map(titleOf).toSorted(),
    collectableBytes: images.reduce((sum, { bytes = 0 }: NodeImage) => sum + bytes, 0),
  };
}
