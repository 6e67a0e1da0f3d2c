import type { Job } from './scheduler.ts';

const words: Readonly<Record<string, number>> = {
  '@hourly': 1 / 24,
  '@daily': 1,
  '@midnight': 1,
  '@weekly': 7,
  '@monthly': 31,
  '@yearly': 366,
  '@annually': 366,
};

/**
 * Days between two runs of a line, rounded to hour, day, week or month; Infinity for what no time starts again
 * (`@reboot`).
 */
export function periodOf({ kind, schedule }: Pick<Job, 'kind' | 'schedule'>): number {
  const fields = schedule.split(' ');
  const [first = ''] = fields;
  if (first.startsWith('@')) return words[first] ?? Infinity;
  // anacron: days, then minutes of delay (anacrontab(5)).
  return kind === 'anacron' ? Number(first) || 1 : fieldsPeriod(fields);
}

/** Of minute, hour, day of month, month and day of week. */
function fieldsPeriod(fields: readonly string[]): number {
  const [hour, day, month, weekday] = [1, 2, 3, 4].map((index) => isEvery(fields[index]));
  if (day && weekday) return hour ? 1 / 24 : 1;
  if (!month) return 366;
  return day ? 7 : 31;
}

/** `*`, and `*` with a step: several times anyway. */
function isEvery(field = '*'): boolean {
  return field.startsWith('*');
}

/**
 * Days between two runs of a timer, of its `OnCalendar` as systemd prints it, for example `*-*-* 00:00:00`; a day when
 * it has none.
 */
export function timerPeriod(calendar = ''): number {
  const when = /OnCalendar=([^;]*)/.exec(calendar)?.[1]?.trim() ?? '';
  if (/^[A-Z][a-z]{2}/.test(when)) return 7;
  if (/^\*-\d/.test(when)) return 366;
  return /^\*-\*-\d/.test(when) ? 31 : 1;
}
