import { setTimeout as delay } from 'node:timers/promises';

/** Clock, waiting and chance in one place, so that tests of retries, watches and leases need no real minutes. */
export interface Timing {
  /** Wall clock, milliseconds since the epoch: for dates that others read. */
  readonly now: () => number;
  /** Clock that nobody can set: for durations. */
  readonly monotonicMs: () => number;
  /** @throws the signal's reason. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** 0 to 1. */
  readonly random: () => number;
}

export const systemTiming: Timing = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
  random: () => Math.random(),
};
