const words: Readonly<Record<string, number>> = {
  '@hourly': 1 / 24,
  '@daily': 1,
  '@midnight': 1,
  '@weekly': 7,
  '@monthly': 31,
  '@yearly': 366,
  '@annually': 366,
};

export interface CronLine {
  readonly kind: 'anacron' | (string & {});
  /** Five fields, one word with an @, or anacron's period and delay. */
  readonly schedule: string;
}

/**
 * Days between two runs of a line, rounded to hour, day, week or month; Infinity for what no time starts again
 * (`@reboot`).
 */
export function cronPeriod({ kind, schedule }: CronLine): number {
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
