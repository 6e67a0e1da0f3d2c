import { rateInterval, type RateInterval, type Stretch } from '../../../statistics/rate-interval.ts';
import type { TimedLog } from './growth.ts';

/** How fast a container writes, bytes a second, from the times in its log. */
export type LogRate =
  | (RateInterval & { readonly state: 'seen'; readonly span: number })
  | { readonly state: 'unknown'; readonly reason: RateUnknown };

/**
 * - `no-time`: no line at one end of the log has a time (a line longer than what is read, bytes that are not a log).
 * - `clock`: times that go backwards, lie in the future, or before containers were invented: a clock was set.
 * - `too-short`: so little time between the first line and the last that it means nothing, a single line for example.
 * - `step`: all of it was written at once, and nothing since: that is not a rate.
 */
export type RateUnknown = 'no-time' | 'clock' | 'too-short' | 'step';

/** Milliseconds. What is seconds apart is a start, or one event, and no trend. */
const shortestSpan = 60_000;
/** Of the time that is looked at: what was written in less of it was written at once. */
const stepPart = 1 / 50;
/** Milliseconds that a line may be ahead of the clock that is asked afterwards. */
const ahead = 2_000;
/** docker's first release; a machine whose clock was never set says 1970 or its firmware's date. */
const oldest = Date.parse('2013-03-13T00:00:00Z');

/**
 * Bytes a second that went into these files of one container, which need not be all of them: the bytes between the
 * first and the last time in each, over the time between the two. What went by since the last line counts too, so that
 * a log at rest grows ever more slowly. `fresh` is what stands in a live log that is too small to be among them.
 * Archives stay out: what they held is not known without reading them.
 */
export function logRate(files: readonly TimedLog[], now: number, fresh = 0): LogRate {
  const ordered = inOrder(files, now);
  if (typeof ordered === 'string') return { state: 'unknown', reason: ordered };
  const stretches = ordered.flatMap(stretchesOf);
  const rest = Math.max(0, now - (ordered.at(-1)?.last ?? now));
  const written = stretches.reduce((sum, { seconds }) => sum + seconds, 0) * 1000;
  const span = written + rest;
  if (files.length === 0 || span < shortestSpan) return { state: 'unknown', reason: 'too-short' };
  if (written < span * stepPart) return { state: 'unknown', reason: 'step' };
  return { state: 'seen', ...rateInterval(withRest(stretches, rest / 1000, fresh)), span };
}

interface Timed extends TimedLog {
  readonly first: number;
  readonly last: number;
}

/** The oldest first, or why their times tell nothing. */
function inOrder(files: readonly TimedLog[], now: number): readonly Timed[] | 'no-time' | 'clock' {
  const timed: Timed[] = [];
  for (const file of files) {
    const { first, last } = file;
    if (first === undefined || last === undefined) return 'no-time';
    if (first < oldest || last < first || last > now + ahead) return 'clock';
    timed.push({ ...file, first, last });
  }
  return timed.toSorted((a, b) => a.last - b.last);
}

/** From one time that was found in a file to the next. */
function stretchesOf(file: Timed): readonly Stretch[] {
  const { first, last, skipped } = file;
  const end = skipped + writtenBytes(file);
  const inside = file.inside.filter(({ at, bytes }) => at >= first && at <= last && bytes > skipped && bytes < end);
  const marks = [
    { at: first, bytes: skipped },
    ...inside.toSorted((a, b) => a.bytes - b.bytes),
    { at: last, bytes: end },
  ];
  const stretches = marks.slice(1).map(({ at, bytes }, index) => {
    const before = marks[index] ?? { at, bytes };
    return { amount: bytes - before.bytes, seconds: (at - before.at) / 1000 };
  });
  // Times that go back and forth within a file report a clock: its ends alone are taken.
  const isOrdered = stretches.every(({ seconds }) => seconds >= 0);
  return isOrdered ? stretches : [{ amount: end - skipped, seconds: (last - first) / 1000 }];
}

/** The log is at rest since its last line, or what was written since is in a log that has not been looked into. */
function withRest(stretches: readonly Stretch[], seconds: number, fresh: number): readonly Stretch[] {
  if (seconds === 0 && fresh === 0) return stretches;
  const last = stretches.at(-1) ?? { amount: 0, seconds: 0 };
  return [...stretches.slice(0, -1), { amount: last.amount + fresh, seconds: last.seconds + seconds }];
}

/** A writer without O_APPEND leaves a hole where the log was emptied: what shows in `ls` was never written. */
function writtenBytes({ size, allocated, skipped }: TimedLog): number {
  return Math.max(0, Math.min(size, allocated) - skipped);
}
