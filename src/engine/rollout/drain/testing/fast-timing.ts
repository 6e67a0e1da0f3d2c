import type { Timing } from '../../../../kubernetes/timing.ts';

/**
 * A clock that jumps over every sleep, and reports it: what happens meanwhile is the test's to do.
 * @param pace how much longer than asked it sleeps, for what would take hundreds of rounds
 */
export function fastTiming(onSleep: (passedMs: number) => void = () => undefined, pace = 1): Timing {
  let passed = 0;
  return {
    now: () => Date.parse('2026-11-30T12:00:00Z') + passed,
    monotonicMs: () => passed,
    sinceBootMs: () => passed,
    sleep: async (ms, signal) => {
      passed += ms * pace;
      onSleep(passed);
      // Requests of the server's own are let in between.
      await new Promise(setImmediate);
      signal?.throwIfAborted();
    },
    random: () => 0,
  };
}
