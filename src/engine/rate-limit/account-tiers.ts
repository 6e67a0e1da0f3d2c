/**
 * What an account may pull: of one whose limit a registry told, or as it was written down by hand. No number of
 * Docker's is built in.
 */
export interface Tier {
  readonly name: string;
  /** Pulls in a window; undefined for one without a limit. */
  readonly pulls: number | undefined;
  /** Undefined where only the number is known: then it is the window that the registry reports. */
  readonly windowSeconds: number | undefined;
}

export interface TierVerdict extends Tier {
  /** Pulls in its window at the pace that was measured; undefined where the window is not known. */
  readonly needed: number | undefined;
  /** Whether it covers that; undefined where it cannot be told. */
  readonly covers: boolean | undefined;
}

/** Which accounts would do for so many pulls an hour, the smallest first. */
export function judgeTiers(
  tiers: readonly Tier[],
  perHour: number,
  toldWindowSeconds: number | undefined,
): readonly TierVerdict[] {
  const judged = tiers.map((tier): TierVerdict => {
    const windowSeconds = tier.windowSeconds ?? toldWindowSeconds;
    const needed = windowSeconds === undefined ? undefined : Math.ceil((perHour * windowSeconds) / 3600);
    const covers = tier.pulls === undefined ? true : needed === undefined ? undefined : tier.pulls >= needed;
    return { name: tier.name, pulls: tier.pulls, windowSeconds, needed, covers };
  });
  return judged.toSorted((a, b) => rate(a) - rate(b));
}

/** Infinity itself is not subtracted. */
function rate({ pulls, windowSeconds }: TierVerdict): number {
  return pulls === undefined ? Number.MAX_SAFE_INTEGER : pulls / (windowSeconds ?? 1);
}
