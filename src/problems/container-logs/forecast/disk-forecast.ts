import type { DiskRoom } from '../../../disk/room.ts';
import { linesOf, type EvictionSettings, type FileSystem, type Line } from '../../../runtimes/kubelet/eviction.ts';
import { grownAfter, secondsUntil, type Grower } from './forecast.ts';
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
  /** Seconds from when the disk was looked at. */
  readonly inSeconds: number;
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
  others: readonly Grower[] = [],
): DiskForecast {
  const lines = linesOf(room.size, roles, settings);
  const harmful = harmfulLine(lines);
  if (harmful !== undefined && room.available <= harmful.available) return { state: 'reached', line: harmful };
  if (logs.state === 'unknown') return logs;
  const growers = [...logs.growers, ...others];
  const crossings = lines.map((line) => ({ line, inSeconds: secondsUntil(room.available - line.available, growers) }));
  const harm = crossings.find(({ line }) => line === harmful)?.inSeconds ?? Number.POSITIVE_INFINITY;
  const measured = { rate: growers.reduce((sum, { rate }) => sum + rate, 0), span: logs.span };
  if (harm === Number.POSITIVE_INFINITY)
    return { state: 'bounded', most: grownAfter(growers, centurySeconds), ...measured };
  const limit = (logs.span / 1000) * reach;
  if (harm > limit) return { state: 'later', notBefore: limit, ...measured };
  return { state: 'fills', crossings: crossings.filter(({ inSeconds }) => Number.isFinite(inSeconds)), ...measured };
}
