import type { Criterion, Settings } from '../../../logrotate/settings.ts';
import type { ScheduledRun } from '../schedule/scheduled-runs.ts';
import type { RotationRun } from './rotation.ts';

export type RunTimes = Pick<RotationRun, 'days' | 'starts'>;

const dayMinutes = 1_440;
const minute = 60_000;
const day = dayMinutes * minute;

/**
 * When several ways that start logrotate do so, taken together: each counts, at its own time of the day. One whose time is
 * not known (anacron) is taken to run half a day from the others. Runs more than a day apart add nothing to daily ones.
 */
export function runTimes(runs: readonly Pick<ScheduledRun, 'period' | 'starts'>[]): RunTimes {
  const daily = runs.filter(({ period }) => period <= 1);
  const known = daily.flatMap(({ starts }) => starts);
  const [first] = known;
  const another = first === undefined ? [] : [(first + dayMinutes / 2) % dayMinutes];
  const unknown = daily.some(({ starts }) => starts.length === 0) ? another : [];
  const starts = [...new Set([...known, ...unknown])].toSorted((a, b) => a - b);
  return { days: Math.min(...runs.map(({ period }) => period)), starts };
}

const periodDays: Readonly<Record<Criterion, number>> = {
  hourly: 1 / 24,
  size: 0,
  daily: 1,
  weekly: 7,
  monthly: 31,
  yearly: 366,
};

type Criteria = Pick<Settings, 'criterion' | 'maxSize'>;

/** When a rule rotates a log that always grows: a size may be reached at any run. */
export function rotationInstants({ criterion, maxSize }: Criteria, run: RunTimes): readonly Date[] {
  // What nothing starts is judged as if it were started daily: that it is not is told elsewhere.
  const runDays = Number.isFinite(run.days) ? run.days : 1;
  const days = maxSize > 0 ? runDays : Math.max(runDays, periodDays[criterion]);
  if (days <= 1 && run.starts.length > 1) return instantsInDays(maxSize > 0 ? 0 : periodDays[criterion], run.starts);
  const start = Date.UTC(2026, 0, 1, 6, 25);
  const at = (index: number): number => {
    if (days === periodDays.monthly) return Date.UTC(2026, index, 1, 6, 25);
    if (days === periodDays.yearly) return Date.UTC(2026 + index, 0, 1, 6, 25);
    return start + index * days * day;
  };
  return Array.from({ length: 60 }, (_, index) => new Date(at(index)));
}

/** Of the runs of three days those that find a log due: the first of an hour or of a day, or each. */
function instantsInDays(days: number, starts: readonly number[]): readonly Date[] {
  const first = Date.UTC(2026, 0, 1);
  const runs = [0, 1, 2].flatMap((index) => starts.map((start) => first + index * day + start * minute));
  const period = (instant: number): number => Math.floor(instant / Math.max(minute, days * day));
  const due = runs.filter((run, index) => index === 0 || period(run) !== period(runs[index - 1] ?? 0));
  return due.map((instant) => new Date(instant));
}

/**
 * When the trial of a rule is to rotate: minutes of a day, as the runs that find it due have them, or a day apart.
 * Undefined for a rule that rotates more rarely, which no clock of a time zone is far enough behind for.
 */
export function trialTimes(settings: Criteria, run: RunTimes): string | undefined {
  const [first, ...others] = rotationInstants(settings, run).map((instant) => instant.getTime());
  const [second] = others;
  if (first === undefined || second === undefined || second - first > day) return undefined;
  const dayOf = (instant: number): number => Math.floor(instant / day);
  const today = [first, ...others].filter((instant) => dayOf(instant) === dayOf(first));
  if (today.length < 2) return 'daily';
  return [...new Set(today)]
    .slice(0, 3)
    .map((instant) => String(Math.round((instant % day) / minute)))
    .join(',');
}
