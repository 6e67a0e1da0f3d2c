import type { Criterion, Settings } from '../../../logrotate/settings.ts';

/**
 * Whether two rotations in a row would give an old log the same name: logrotate skips the second one, and the log goes
 * on growing until the name is another (`rotateSingleLog`: "destination … already exists, skipping rotation").
 * @param runDays days between two runs of logrotate
 */
export function repeatsName({ dateExt, dateFormat, ...settings }: Settings, runDays: number): boolean {
  if (!dateExt) return false;
  const format = dateFormat ?? (settings.criterion === 'hourly' ? '-%Y%m%d%H' : '-%Y%m%d');
  const names = instantsOf(settings, runDays).map((instant) => dateText(format, instant));
  return names.some((name, index) => index > 0 && name === names[index - 1]);
}

const day = 86_400_000;

const periodDays: Readonly<Record<Criterion, number>> = {
  hourly: 0,
  size: 0,
  daily: 1,
  weekly: 7,
  monthly: 31,
  yearly: 366,
};

/** The shortest time between two rotations of a log that always grows, days: a size may be reached at any run. */
function rotationDays({ criterion, maxSize }: Pick<Settings, 'criterion' | 'maxSize'>, runDays: number): number {
  // What nothing starts is judged as if it were started daily: that it is not is told elsewhere.
  const days = Number.isFinite(runDays) ? runDays : 1;
  return maxSize > 0 ? days : Math.max(days, periodDays[criterion]);
}

/** When a rule rotates, for long enough to pass the end of a year where it does so daily or more rarely. */
function instantsOf(settings: Pick<Settings, 'criterion' | 'maxSize'>, runDays: number): readonly Date[] {
  const days = rotationDays(settings, runDays);
  const start = Date.UTC(2026, 0, 1, 6, 25);
  const at = (index: number): number => {
    if (days === periodDays.monthly) return Date.UTC(2026, index, 1, 6, 25);
    if (days === periodDays.yearly) return Date.UTC(2026 + index, 0, 1, 6, 25);
    return start + index * days * day;
  };
  return Array.from({ length: 60 }, (_, index) => new Date(at(index)));
}

/** What logrotate puts in place of each letter of a `dateformat` (logrotate(8)); others stay as they are. */
function dateText(format: string, instant: Date): string {
  const digits = (value: number, count = 2): string => String(value).padStart(count, '0');
  const parts: Readonly<Record<string, string>> = {
    '%Y': digits(instant.getUTCFullYear(), 4),
    '%m': digits(instant.getUTCMonth() + 1),
    '%d': digits(instant.getUTCDate()),
    '%H': digits(instant.getUTCHours()),
    '%M': digits(instant.getUTCMinutes()),
    '%S': digits(instant.getUTCSeconds()),
    '%V': digits(isoWeek(instant)),
    '%s': String(instant.getTime() / 1_000),
  };
  return format.replace(/%[A-Za-z]/gu, (part) => parts[part] ?? part);
}

/** Of ISO 8601: the week that has the year's first Thursday is its first. */
function isoWeek(instant: Date): number {
  const weekday = (instant.getUTCDay() + 6) % 7;
  const thursday = new Date(instant.getTime() + (3 - weekday) * day);
  const firstDay = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.floor((thursday.getTime() - firstDay) / (7 * day)) + 1;
}
