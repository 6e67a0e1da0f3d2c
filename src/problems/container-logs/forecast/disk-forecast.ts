import type { DiskRoom } from '../../../disk/room.ts';
import { linesOf, type EvictionSettings, type FileSystem, type Line } from '../../../runtimes/kubelet/eviction.ts';
import { grownAfter, secondsUntil, type Grower } from './forecast.ts';
import type { RateInterval } from '../../../statistics/rate-interval.ts';
import type { LogGrowth } from './log-growers.ts';

/** When a disk meets a line, by what is known to grow on it and as if nothing else did. */
export type DiskForecast =
  /** One that matters to pods is crossed already. */
  | { readonly state: 'reached'; readonly line: Line }
  | {
      readonly state: 'fills';
      readonly crossings: readonly Crossing[];
      /** Bytes a second. */
      readonly rate: number;
      /** Milliseconds over which the rate was measured. */
      readonly span: number;
    }
  /** Further ahead than the measured time lets anybody look. */
  | { readonly state: 'later'; readonly notBefore: number; readonly rate: number; readonly span: number }
  /** What bounds the logs keeps them away from every line that matters to pods; `most` bytes are still to come. */
  | { readonly state: 'bounded'; readonly most: number; readonly rate: number; readonly span: number }
  | { readonly state: 'unknown'; readonly reason: Extract<LogGrowth, { readonly state: 'unknown' }>['reason'] };

export interface Crossing {
  readonly line: Line;
  /** Seconds from when the disk was looked at, at the rate that was found. */
  readonly inSeconds: number;
  /** The same at the highest rate that is expected, and at the lowest; Infinity when the line is not met then. */
  readonly from: number;
  readonly until: number;
}

/** A rate that was measured for an hour says nothing of a time further ahead than fifty. */
const reach = 50;
const centurySeconds = 100 * 365 * 86_400;

export interface DiskView {
  readonly room: DiskRoom;
  readonly roles: ReadonlySet<FileSystem>;
  readonly settings: EvictionSettings;
}

/** The first line at which something happens to pods: images that are deleted come again. */
function harmfulLine(lines: readonly Line[]): Line | undefined {
  return lines.find(({ what }) => what !== 'image-gc');
}

/** `others` is what grows beside the logs, where two bundles tell. */
export function diskForecast(
  { room, roles, settings }: DiskView,
  logs: LogGrowth,
  others: RateInterval = { rate: 0, recent: 0, low: 0, high: 0 },
): DiskForecast {
  const lines = linesOf(room.size, roles, settings);
  const harmful = harmfulLine(lines);
  if (harmful !== undefined && room.available <= harmful.available) return { state: 'reached', line: harmful };
  if (logs.state === 'unknown') return logs;
  const at = (of: 'rate' | 'low' | 'high'): readonly Grower[] => [
    ...logs.growers(logs.rate === 0 ? 1 : logs.interval[of] / logs.rate),
    { rate: others[of], bound: Number.POSITIVE_INFINITY },
  ];
  const crossings = lines.map((line) => {
    const bytes = room.available - line.available;
    const [inSeconds, from, until] = (['rate', 'high', 'low'] as const).map((of) => secondsUntil(bytes, at(of)));
    return { line, inSeconds: inSeconds ?? 0, from: from ?? 0, until: until ?? 0 };
  });
  const never = Number.POSITIVE_INFINITY;
  const { inSeconds, from } = crossings.find(({ line }) => line === harmful) ?? { inSeconds: never, from: never };
  const measured = { rate: logs.rate + others.rate, span: logs.span };
  // What bounds a log under a rule depends on how fast it grows: it has to hold at the fastest.
  if (from === never) return { state: 'bounded', most: grownAfter(at('rate'), centurySeconds), ...measured };
  const limit = (logs.span / 1000) * reach;
  if (inSeconds > limit) return { state: 'later', notBefore: Math.min(limit, from), ...measured };
  return { state: 'fills', crossings: crossings.filter((one) => Number.isFinite(one.inSeconds)), ...measured };
}
