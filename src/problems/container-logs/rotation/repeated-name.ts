import type { Settings } from '../../../logrotate/settings.ts';
import { rotationInstants, type RunTimes } from './rotation-times.ts';

/**
 * Whether two rotations in a row would give an old log the same name: logrotate skips the second one, and the log goes
 * on growing until the name is another (`rotateSingleLog`: "destination … already exists, skipping rotation").
 */
export function repeatsName({ dateExt, dateFormat, ...settings }: Settings, run: RunTimes): boolean {
  if (!dateExt) return false;
  const format = dateFormat ?? (settings.criterion === 'hourly' ? '-%Y%m%d%H' : '-%Y%m%d');
  const names = rotationInstants(settings, run).map((instant) => dateText(format, instant));
  return names.some((name, index) => index > 0 && name === names[index - 1]);
}

const day = 86_400_000;

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
