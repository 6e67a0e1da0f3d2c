/** What a memory cgroup of version 1 has one of, removed or not: 16 bits, 0 is none (kernel commit 73f576c04b94). */
export const mostIds = 65_535;

/** What one reading says of the ids. */
export interface IdReading {
  /** Milliseconds since 1970, by the collector's clock. */
  readonly at: number;
  readonly bootId: string;
  /** Ids in use, removed cgroups included. */
  readonly ids: number;
}

export type Forecast =
  | { readonly state: 'unknown'; readonly because: 'one-reading' | 'rebooted' | 'too-close' }
  /** Not more than comes and goes. */
  | { readonly state: 'steady' }
  /** Days until no id is left, at the rate between both readings; `to` is the end of the interval. */
  | {
      readonly state: 'grows';
      readonly days: { readonly from: number; readonly to: number };
      readonly perDay: { readonly from: number; readonly to: number };
      /** Between the readings, hours. */
      readonly over: number;
    };

const day = 86_400_000;

/** Cgroups that charged the page cache linger on every kernel, some hundred at a time (facts: measured on 6.18). */
const comeAndGo = 256;

/**
 * Ids are taken some three at a time, pod by pod (kubernetes/kubernetes#61937): their number varies three times as
 * much.
 */
const atATime = 3;

/** Nearer to each other two readings show only what comes and goes. */
const nearest = 600_000;

/**
 * When the ids will be used up. One reading tells nothing: a node that was busy once is not one that leaks. The
 * interval is that of a count whose steps are random (twice its standard deviation) and of what comes and goes.
 */
export function forecast(earlier: IdReading | undefined, now: IdReading): Forecast {
  if (!earlier) return { state: 'unknown', because: 'one-reading' };
  if (earlier.bootId !== now.bootId) return { state: 'unknown', because: 'rebooted' };
  const elapsed = now.at - earlier.at;
  if (elapsed < nearest) return { state: 'unknown', because: 'too-close' };
  const growth = now.ids - earlier.ids;
  const spread = 2 * Math.sqrt(atATime * Math.max(growth, 0)) + comeAndGo;
  const perDay = { from: ((growth - spread) / elapsed) * day, to: ((growth + spread) / elapsed) * day };
  if (perDay.from <= 0) return { state: 'steady' };
  const room = Math.max(0, mostIds - now.ids);
  // What comes and goes may be there now, and may be in the way of the last.
  const days = { from: Math.max(0, room - comeAndGo) / perDay.to, to: (room + comeAndGo) / perDay.from };
  return { state: 'grows', days, perDay, over: elapsed / 3_600_000 };
}
