import type { Growth, TimedLog } from './growth.ts';
import type { ContainerUse } from './container-uses.ts';
import type { Grower } from './forecast.ts';
import { sumOfRates, type RateInterval } from '../../../statistics/rate-interval.ts';
import { logRate, type LogRate, type RateUnknown } from './log-rates.ts';

/** How fast the logs on a disk grow, all together. */
export type LogGrowth =
  | {
      readonly state: 'seen';
      /** Each at so many times the rate that was found. */
      readonly growers: (factor: number) => readonly Grower[];
      /** Bytes a second of all of them while none has met its bound. */
      readonly rate: number;
      readonly interval: RateInterval;
      /** Milliseconds over which it was measured, the fastest logs counting most. */
      readonly span: number;
      /** Containers whose logs were measured; the others are taken to grow alike for each byte that they have. */
      readonly measured: number;
    }
  | { readonly state: 'unknown'; readonly reason: RateUnknown | 'small' | 'share' };

/** Less than this share of all bytes in logs tells nothing of the others. */
const leastShare = 1 / 4;

/** `rates` are those that are known from elsewhere, by folder: from two bundles. */
export function logGrowth(
  uses: readonly ContainerUse[],
  { now, logs }: Growth,
  rates: ReadonlyMap<string, LogRate> = new Map(),
): LogGrowth {
  const byFolder = Map.groupBy(logs, ({ path }) => path.slice(0, path.lastIndexOf('/')));
  const found = uses.map((use) => ({
    use,
    rate: sinceAndTimes(rates.get(use.folder), rateOf(use, byFolder.get(use.folder) ?? [], now)),
  }));
  const seen = found.flatMap(({ use, rate }) => (rate?.state === 'seen' ? [{ use, ...rate }] : []));
  const used = sum(uses.map((use) => use.used));
  const measured = sum(seen.map(({ use }) => use.used));
  if (seen.length === 0) return { state: 'unknown', reason: worstReason(found.map(({ rate }) => rate)) };
  if (measured < used * leastShare) return { state: 'unknown', reason: 'share' };
  const measuredRate = sum(seen.map(({ rate }) => rate));
  const alike = measured === 0 ? 0 : measuredRate / measured;
  const growers = (factor: number): readonly Grower[] =>
    found.map(({ use, rate }) => growerOf(use, factor * (rate?.state === 'seen' ? rate.rate : use.used * alike)));
  const span =
    measuredRate === 0
      ? Math.max(...seen.map((one) => one.span))
      : sum(seen.map((one) => one.rate * one.span)) / measuredRate;
  const rate = sum(growers(1).map((one) => one.rate));
  const measuredAll = sumOfRates(seen);
  return { state: 'seen', growers, rate, interval: scaled(measuredAll, rate), span, measured: seen.length };
}

/** Those that were not measured are as uncertain as those that were. */
function scaled({ rate, recent, low, high }: RateInterval, to: number): RateInterval {
  const factor = rate === 0 ? 1 : to / rate;
  return { rate: to, recent: recent * factor, low: low * factor, high: high * factor };
}

/** Between two looks a log is known to have grown so fast; its own times tell how evenly. */
function sinceAndTimes(since: LogRate | undefined, times: LogRate | undefined): LogRate | undefined {
  if (since?.state !== 'seen' || times?.state !== 'seen') return since ?? times;
  const { low, high } = {
    low: Math.min(since.rate, times.low),
    high: Math.max(since.rate, times.high),
  };
  return { ...since, low: Math.max(low, since.low), high: Math.min(high, since.high) };
}

function growerOf({ used, bound }: ContainerUse, rate: number): Grower {
  return { rate, bound: Math.max(0, bound(rate) - used) };
}

/** Undefined for a container without a log large enough to be read. */
function rateOf({ live }: ContainerUse, logs: readonly TimedLog[], now: number | undefined): LogRate | undefined {
  if (logs.length === 0 || now === undefined) return undefined;
  const hasLive = logs.some(({ path }) => path.endsWith('.log'));
  return logRate(logs, now, hasLive ? 0 : live);
}

function worstReason(rates: readonly (LogRate | undefined)[]): RateUnknown | 'small' {
  const reasons = rates.flatMap((rate) => (rate?.state === 'unknown' ? [rate.reason] : []));
  return (['clock', 'no-time', 'step', 'too-short'] as const).find((reason) => reasons.includes(reason)) ?? 'small';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
