import type { Blocker } from './blocker.ts';
import { instantOf, localTime } from './zone-time.ts';

/** When a rollout may begin with nodes; the same each week, in a time zone of its own. */
export interface Window {
  /** Days on which it opens, 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes since midnight. An end that is not after the start is on the next day. */
  readonly start: number;
  readonly end: number;
  /** IANA name: `Asia/Seoul`. */
  readonly timeZone: string;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/**
 * Whether a node may be begun that takes so long: the window has to be open, and to stay open until it is done. Pure.
 *
 * @param now milliseconds since the epoch
 * @param needsMs how long a node takes, its soak included
 */
export function windowBlockers(window: Window, now: number, needsMs: number): readonly Blocker[] {
  const openings = openingsAround(window, now);
  const current = openings.find(({ from, until }) => from <= now && now < until);
  if (current && current.until - now >= needsMs) return [];
  const next = openings.find(({ from }) => from > now);
  // A window of a week's days opens within eight.
  return [{ by: 'window', why: current ? 'too-short' : 'closed', opensAt: next?.from ?? now + 8 * dayMs }];
}

interface Opening {
  readonly from: number;
  readonly until: number;
}

/** From yesterday's, which may last into today, to that of a week and a day from now. */
function openingsAround({ days, start, end, timeZone }: Window, now: number): readonly Opening[] {
  const today = localTime(now, timeZone);
  return Array.from({ length: 10 }, (_, index) => index - 1).flatMap((offset) => {
    // Days are counted on the calendar: one with a change of clocks has not 24 hours.
    const date = new Date(Date.UTC(today.year, today.month - 1, today.day + offset));
    if (!days.includes(date.getUTCDay())) return [];
    const on = (minutes: number): number =>
      instantOf(
        {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
          hour: Math.floor(minutes / 60),
          minute: minutes % 60,
        },
        timeZone,
      );
    return [{ from: on(start), until: on(end > start ? end : end + 24 * 60) }];
  });
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const form =
  /^(?:(?<days>[a-z,-]+) )?(?<start>[0-2]\d:[0-5]\d)-(?<end>[0-2]\d:[0-5]\d) (?<timeZone>[A-Za-z0-9_+/-]+)$/iu;

/**
 * Reads `Mon-Fri 22:00-04:00 Asia/Seoul`; days are `Mon-Fri`, `Sat,Sun` or left out for all. The time zone is not: the
 * machine that nodemend runs on may be in another one than the people whose night it is.
 *
 * @returns undefined for what is not a window
 */
export function parseWindow(written: string): Window | undefined {
  const { days = '', start, end, timeZone = '' } = form.exec(written.trim())?.groups ?? {};
  const ranges = (days || 'sun-sat').split(',').map(daysOf);
  const [from, until] = [start, end].map(minutesOf);
  if (from === undefined || until === undefined || !isTimeZone(timeZone)) return undefined;
  if (ranges.some((range) => range.length === 0)) return undefined;
  return { days: [...new Set(ranges.flat())].toSorted((a, b) => a - b), start: from, end: until, timeZone };
}

function minutesOf(time = ''): number | undefined {
  const [hour, minute] = time.split(':').map(Number);
  return hour === undefined || minute === undefined || hour > 23 ? undefined : hour * 60 + minute;
}

/** None for what is not a range of days. */
function daysOf(range: string): readonly number[] {
  const [first = '', last = first, ...more] = range.toLowerCase().split('-');
  const [from, to] = [dayNames.indexOf(first), dayNames.indexOf(last)];
  if (from === -1 || to === -1 || more.length > 0) return [];
  const length = ((to - from + 7) % 7) + 1;
  return Array.from({ length }, (_, index) => (from + index) % 7);
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
