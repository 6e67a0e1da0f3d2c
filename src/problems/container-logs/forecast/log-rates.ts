import type { TimedLog } from './growth.ts';

/** How fast a container writes, from the times in its log. */
export type LogRate =
  | { readonly state: 'seen'; readonly rate: number; readonly span: number }
  | { readonly state: 'unknown'; readonly reason: RateUnknown };

/**
 * - `no-time`: no line at one end of the log has a time (a line longer than what is read, bytes that are not a log).
 * - `clock`: times that go backwards, lie in the future, or before containers were invented: a clock was set.
 * - `too-short`: so little time between the first line and the last that it means nothing, a single line for example.
 */
export type RateUnknown = 'no-time' | 'clock' | 'too-short';

/** Milliseconds. One line a second more or less changes nothing then. */
const shortestSpan = 5_000;
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
  let bytes = fresh;
  let span = 0;
  let latest = Number.NEGATIVE_INFINITY;
  for (const file of files) {
    const { first, last } = file;
    if (first === undefined || last === undefined) return { state: 'unknown', reason: 'no-time' };
    if (first < oldest || last < first || last > now + ahead) return { state: 'unknown', reason: 'clock' };
    bytes += writtenBytes(file);
    span += last - first;
    latest = Math.max(latest, last);
  }
  span += Math.max(0, now - latest);
  return files.length === 0 || span < shortestSpan
    ? { state: 'unknown', reason: 'too-short' }
    : { state: 'seen', rate: bytes / (span / 1000), span };
}

/** A writer without O_APPEND leaves a hole where the log was emptied: what shows in `ls` was never written. */
function writtenBytes({ size, allocated, skipped }: TimedLog): number {
  return Math.max(0, Math.min(size, allocated) - skipped);
}
