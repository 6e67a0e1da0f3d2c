import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** Clock, waiting and chance in one place, so that tests of retries, watches and leases need no real minutes. */
export interface Timing {
  /** Wall clock, milliseconds since the epoch: for dates that others read. */
  readonly now: () => number;
  /** Clock that nobody can set: for durations. It stands still while the machine is suspended. */
  readonly monotonicMs: () => number;
  /** Milliseconds since the machine was started, to a second, those of its sleep among them. */
  readonly sinceBootMs: () => number;
  /** @throws the signal's reason. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** 0 to 1. */
  readonly random: () => number;
}

export const systemTiming: Timing = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  // libuv reads /proc/uptime, else CLOCK_BOOTTIME (uv_uptime in src/unix/linux.c): both count sleep.
  sinceBootMs: () => uptime() * 1000,
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
