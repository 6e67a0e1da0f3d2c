import type { Criterion, Settings } from '../../../logrotate/settings.ts';

/**
 * Whether two rotations in a row would give an old log the same name: logrotate skips the second one, and the log goes
 * on growing until the name is another (`rotateSingleLog`: "destination … already exists, skipping rotation").
 */
export function repeatsName({ dateExt, dateFormat, criterion }: Settings): boolean {
  // Without a format of its own the date is as fine as the period.
  if (!dateExt || dateFormat === undefined) return false;
  const names = instantsOf(criterion).map((instant) => dateText(dateFormat, instant));
  return names.some((name, index) => index > 0 && name === names[index - 1]);
}

const day = 86_400_000;

/**
 * When a rule rotates, for long enough to pass the end of a year. A rule by size or by the hour rotates with each run,
 * and runs are daily unless somebody made them hourly.
 */
function instantsOf(criterion: Criterion): readonly Date[] {
  const start = Date.UTC(2026, 0, 1, 6, 25);
  const count = 60;
  const at = (index: number): number => {
    if (criterion === 'monthly') return Date.UTC(2026, index, 1, 6, 25);
    if (criterion === 'yearly') return Date.UTC(2026 + index, 0, 1, 6, 25);
    return start + index * (criterion === 'weekly' ? 7 * day : day);
  };
  return Array.from({ length: count }, (_, index) => new Date(at(index)));
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
