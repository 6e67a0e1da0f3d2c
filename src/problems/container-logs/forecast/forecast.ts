/** Something that takes room on a disk as time goes by. */
export interface Grower {
  /** Bytes a second, not negative. */
  readonly rate: number;
  /** Bytes that it may still take before something takes them away again; Infinity when nothing does. */
  readonly bound: number;
}

/** What all of them have taken after so many seconds. */
export function grownAfter(growers: readonly Grower[], seconds: number): number {
  return growers.reduce((sum, { rate, bound }) => sum + Math.min(rate * seconds, bound), 0);
}

/**
 * Seconds until all of them together have taken so many bytes: 0 when nothing is left to take, Infinity when their
 * bounds keep them below it. Each grows at its rate until it meets its bound, so the sum is a chain of straight lines;
 * it is walked from bend to bend.
 */
export function secondsUntil(bytes: number, growers: readonly Grower[]): number {
  if (bytes <= 0) return 0;
  const bends = growers
    .filter(({ rate, bound }) => rate > 0 && bound > 0)
    .map(({ rate, bound }) => ({ rate, at: bound / rate }))
    .toSorted((a, b) => a.at - b.at);
  // Of those that still grow at each bend, summed from the last one: what is left of a large sum after taking away from
  // it is mostly rounding.
  let sum = 0;
  const rates = bends
    .toReversed()
    .map(({ rate }) => (sum += rate))
    .toReversed();
  let at = 0;
  let taken = 0;
  for (const [index, bend] of bends.entries()) {
    const rate = rates[index] ?? 0;
    const next = taken + rate * (bend.at - at);
    if (next >= bytes) return at + (bytes - taken) / rate;
    taken = next;
    at = bend.at;
  }
  return Number.POSITIVE_INFINITY;
}
