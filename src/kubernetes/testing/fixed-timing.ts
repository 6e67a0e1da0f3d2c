import { systemTiming, type Timing } from '../timing.ts';

/** The wall clock of every recording: what a client writes (a Lease's times) must be the same when it is replayed. */
export const recordedNow = Date.parse('2026-01-02T03:04:05.678Z');

/** Real waiting, a fixed date, no chance. */
export const fixedTiming: Timing = { ...systemTiming, now: () => recordedNow, random: () => 0 };
