import type { Timing } from './timing.ts';

/** One moment, by every clock there is. */
export interface Moment {
  readonly monotonicMs: number;
  readonly sinceBootMs: number;
  readonly now: number;
}

export function momentOf(timing: Timing): Moment {
  return { monotonicMs: timing.monotonicMs(), sinceBootMs: timing.sinceBootMs(), now: timing.now() };
}

/**
 * Milliseconds that have passed since, at least. The monotonic clock stands still while a machine is suspended
 * (clock_gettime(2): CLOCK_MONOTONIC does not count it, CLOCK_BOOTTIME does), and the clock since boot while a virtual
 * machine is paused, which only the wall clock shows afterwards. Each can only be too small, but for a wall clock
 * that was set ahead; that is taken for passed time too, because who stops too early loses a run's pace, and who stops
 * too late changes a node beside another run. A wall clock that was set back is not believed.
 */
export function elapsedMs(timing: Timing, since: Moment): number {
  const now = momentOf(timing);
  return Math.max(now.monotonicMs - since.monotonicMs, now.sinceBootMs - since.sinceBootMs, now.now - since.now);
}
