import { readCronTime, type CronTime } from './cron-time.ts';

export interface CronLine {
  readonly kind: 'anacron' | (string & {});
  /** Five fields, one word with an @, or anacron's period and delay. */
  readonly schedule: string;
}

/**
 * The longest time between two starts of a line, days; Infinity for what is not started again (`@reboot`, a 31st of
 * February, a line that cron refuses). A day is taken to have 24 hours.
 */
export function cronPeriod({ kind, schedule }: CronLine): number {
  if (kind === 'anacron') return anacronPeriod(schedule);
  const time = readCronTime(schedule.replace(/^-/, ''));
  return time === undefined || time === 'at-boot' ? Infinity : longestGap(time);
}

/** anacron: days, or a word, then minutes of delay (anacrontab(5)). */
function anacronPeriod(schedule: string): number {
  const [period = ''] = schedule.split(' ');
  return period.startsWith('@') ? cronPeriod({ kind: 'crontab', schedule: period }) : Number(period) || 1;
}

/** Minutes of a day at which a line starts, in order; empty where they are not known (anacron) or there are none. */
export function cronStarts({ kind, schedule }: CronLine): readonly number[] {
  const written = kind === 'anacron' ? '' : schedule.replace(/^-/, '');
  const time = readCronTime(written);
  return time === undefined || time === 'at-boot' ? [] : startsInDay(time);
}

function startsInDay({ hours, minutes }: CronTime): readonly number[] {
  return [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute)).toSorted((a, b) => a - b);
}

const dayMinutes = 1_440;

interface CalendarDay {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

/** From one leap year over two more: the longest wait is for a 29th of February. */
function* calendar(): Generator<CalendarDay> {
  for (let index = 0; index < 8 * 366; index += 1) {
    const date = new Date(Date.UTC(2024, 0, 1 + index));
    yield { month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() };
  }
}

const days = [...calendar()];

function longestGap(time: CronTime): number {
  const inDay = startsInDay(time);
  const [first, last] = [inDay[0], inDay.at(-1)];
  const isDaily = time.days.size === 31 && time.months.size === 12 && time.weekdays.size === 7;
  // Most lines are: the calendar need not be gone through for them.
  const on = isDaily ? [0, 1] : days.flatMap((day, index) => (isOn(time, day) ? [index] : []));
  if (first === undefined || last === undefined || on.length < 2) return Infinity;
  const between = Math.max(...gapsOf(on)) * dayMinutes + first - last;
  return Math.max(between, ...gapsOf(inDay)) / dayMinutes;
}

function gapsOf(sorted: readonly number[]): readonly number[] {
  return sorted.slice(1).map((value, index) => value - (sorted[index] ?? value));
}

function isOn({ days, months, weekdays, needsBothDays }: CronTime, { month, day, weekday }: CalendarDay): boolean {
  if (!months.has(month)) return false;
  return needsBothDays ? days.has(day) && weekdays.has(weekday) : days.has(day) || weekdays.has(weekday);
}
