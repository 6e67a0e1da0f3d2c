import { NodemendError } from '../../errors/nodemend-error.ts';

/** Names as systemd.time(7) and crontab(5) shorten them, in the order of Date.getDay(). */
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

export const intervalWords = [
  'hour',
  'day',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type IntervalWord = (typeof intervalWords)[number];

/** When a schedule comes up, in the local time of the machine that runs it. */
export interface Interval {
  readonly every: IntervalWord;
  /** 0 to 23; with `hour` it has no meaning and is 0. */
  readonly hour: number;
  readonly minute: number;
}

/** Not at a full hour, when everybody's jobs start. */
const defaultAt = { hour: 3, minute: 17 };

/** Reads `--every` and `--at HH:MM`; of an hourly one `--at` is `:MM`. @throws NodemendError SCHEDULE_TIME_INVALID */
export function parseInterval(every: IntervalWord, at: string | undefined): Interval {
  const hourly = every === 'hour';
  if (at === undefined) return { every, hour: hourly ? 0 : defaultAt.hour, minute: defaultAt.minute };
  const found = (hourly ? /^(?<hour>):(?<minute>[0-5]\d)$/ : /^(?<hour>[01]?\d|2[0-3]):(?<minute>[0-5]\d)$/).exec(at);
  if (!found) throw new NodemendError('SCHEDULE_TIME_INVALID', { context: hourly ? 'hour' : '', text: at, every });
  return { every, hour: Number(found.groups?.['hour']), minute: Number(found.groups?.['minute']) };
}

/** For OnCalendar= of a timer (systemd.time(7)). */
export function calendarText({ every, hour, minute }: Interval): string {
  const time = `${every === 'hour' ? '*' : two(hour)}:${two(minute)}:00`;
  const day = weekdays.some((one) => one === every) ? `${every.slice(0, 1).toUpperCase()}${every.slice(1, 3)} ` : '';
  return `${day}*-*-* ${time}`;
}

/** The five fields of crontab(5), which a CronJob reads too. */
export function cronText({ every, hour, minute }: Interval): string {
  const day = weekdays.findIndex((one) => one === every);
  return `${minute} ${every === 'hour' ? '*' : hour} * * ${day === -1 ? '*' : day}`;
}

/** For a line of cron that looks every hour whether it is due: cron itself forgets what it slept through. */
export function hourlyCronText({ minute }: Interval): string {
  return `${minute} * * * *`;
}

/** The last time at or before `now` that the schedule came up, in this process's time zone. */
export function lastSlot({ every, hour, minute }: Interval, now: Date): Date {
  const slot = new Date(now);
  slot.setSeconds(0, 0);
  slot.setMinutes(minute);
  if (every === 'hour') {
    if (slot > now) slot.setTime(slot.getTime() - 3_600_000);
    return slot;
  }
  slot.setHours(hour);
  const day = weekdays.findIndex((one) => one === every);
  if (day !== -1) slot.setDate(slot.getDate() - ((slot.getDay() - day + 7) % 7));
  // By the calendar, not by 24 hours: a day on which clocks change is longer or shorter.
  if (slot > now) slot.setDate(slot.getDate() - (day === -1 ? 1 : 7));
  return slot;
}

/** Whether it came up since a run last started (or since it was installed, where it never ran). */
export function isDue(interval: Interval, lastStart: Date, now: Date): boolean {
  return lastSlot(interval, now) > lastStart;
}

/** The first time after `now` that it comes up. */
export function nextSlot(interval: Interval, now: Date): Date {
  const slot = lastSlot(interval, now);
  if (interval.every === 'hour') slot.setTime(slot.getTime() + 3_600_000);
  else slot.setDate(slot.getDate() + (interval.every === 'day' ? 1 : 7));
  return slot;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
