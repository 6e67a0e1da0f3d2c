import type { CollectionPolicy, Room } from '../collection.ts';

export interface Thresholds {
  readonly high: number;
  readonly low: number;
}

/** Fewer percent of a disk are not worth a restart of kubelet. */
const leastGain = 3;
/** Between the two, as kubelet's defaults have it. */
const distance = 5;

/**
 * Thresholds with which kubelet removes images for room no earlier than it evicts pods, which removes all that are unused
 * whatever the thresholds are: so much longer the images stay, and not a percent more. Undefined where that is hardly later
 * than now: with kubelet's defaults the two are one percent apart.
 */
export function laterThresholds(room: Room, { high, evictsBelow }: CollectionPolicy): Thresholds | undefined {
  if (room.size === 0) return undefined;
  // At `high` the percent that is begun counts as used.
  const latest = Math.min(99, Math.ceil(101 - (100 * evictsBelow(room.size)) / room.size));
  return latest - high < leastGain ? undefined : { high: latest, low: latest - distance };
}
