import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronPeriod, cronStarts } from './cron-period.ts';

const days = (schedule: string, kind = 'crontab'): number => cronPeriod({ kind, schedule });

describe('the longest time between two starts', () => {
  test.each([
    ['* * * * *', 1 / 1440],
    ['*/10 * * * *', 10 / 1440],
    ['17 * * * *', 1 / 24],
    ['0 */12 * * *', 0.5],
    ['0 8-18 * * *', 14 / 24],
    ['25 6 * * *', 1],
    ['0 3 1-31 * *', 1],
    ['0 3 * * 0-6', 1],
    ['0 3 * * 1-5', 3],
    ['0 3 * * 0', 7],
    ['0 3 * * MON,Thu', 4],
    ['0 3 */7 * *', 7],
    ['0 3 1 * *', 31],
    ['0 3 1,15 * *', 17],
    // Either day is enough, for neither field begins with a star.
    ['0 3 1 * 1', 7],
    ['0 3 */2 * 1', 21],
    ['0 3 29 2 *', 1461],
    ['0 3 1 1 *', 366],
    ['@hourly', 1 / 24],
    ['@midnight', 1],
    ['@weekly', 7],
    ['@monthly', 31],
    ['@annually', 366],
  ])('%s: %d days', (schedule, period) => {
    expect(days(schedule)).toBeCloseTo(period, 9);
  });

  test.each(['@reboot', '0 3 31 2 *', '0 3 * * fri-mon', '61 * * * *', '0 3 * *', '@dayly'])('%s: none', (schedule) => {
    expect(days(schedule)).toBe(Infinity);
  });

  test('anacron has days of its own', () => {
    expect([days('1 5', 'anacron'), days('7 25', 'anacron'), days('@monthly 45', 'anacron')]).toEqual([1, 7, 31]);
  });
});

test('it is what going through every minute of 2028 gives', () => {
  const field = (low: number, high: number): fc.Arbitrary<string> => {
    const one = fc.integer({ min: low, max: high });
    const range = fc.tuple(one, one).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    const step = fc.integer({ min: 1, max: 9 }).map((by) => `*/${by}`);
    return fc.oneof(
      fc.constant('*'),
      one.map(String),
      range,
      step,
      fc.tuple(one, range).map((two) => two.join(',')),
    );
  };
  const schedule = fc.tuple(field(0, 59), field(0, 23), field(1, 31), fc.constant('*'), field(0, 6));
  fc.assert(
    fc.property(schedule, (fields) => {
      const longest = walk(fields).reduce((most, gap) => Math.max(most, gap), 0) / 1440;
      const found = days(fields.join(' '));
      expect(found).toBeGreaterThanOrEqual(longest - 1e-9);
      // Other years have other weekdays on the same day: a wait may be a few weeks longer there.
      if (longest < 20) expect(found).toBeLessThanOrEqual(longest + 14);
    }),
    { numRuns: 100 },
  );
});

/** Minutes between any two starts in 2028 at which cron would start the line, by crontab(5)'s own words. */
function walk(fields: readonly string[]): readonly number[] {
  const isIn = (index: number, low: number, value: number): boolean =>
    (fields[index] ?? '').split(',').some((term) => {
      const [body = '', by = '1'] = term.split('/');
      const [from = 0, to = from] = body === '*' ? [low, 99] : body.split('-').map(Number);
      return value >= from && value <= to && (value - from) % Number(by) === 0;
    });
  const minutes = Array.from({ length: 1440 }, (_, at) => at).filter(
    (at) => isIn(1, 0, Math.floor(at / 60)) && isIn(0, 0, at % 60),
  );
  const starts = Array.from({ length: 366 }, (_, index) => index).flatMap((index) => {
    const date = new Date(Date.UTC(2028, 0, 1 + index));
    const [byDay, byWeekday] = [isIn(2, 1, date.getUTCDate()), isIn(4, 0, date.getUTCDay())];
    const both = [fields[2], fields[4]].some((field) => field?.startsWith('*'));
    return (both ? byDay && byWeekday : byDay || byWeekday) ? minutes.map((at) => index * 1440 + at) : [];
  });
  return [0, ...starts.slice(1).map((at, index) => at - (starts[index] ?? at))];
}

test.each([
  ['25 6 * * *', 'crontab', [385]],
  ['30,5 18,6 * * 1', 'crontab', [365, 390, 1085, 1110]],
  ['-@daily', 'crontab', [0]],
  ['@reboot', 'crontab', []],
  ['61 * * * *', 'crontab', []],
  ['1 5', 'anacron', []],
])('%s (%s): the minutes of a day at which it starts', (schedule, kind, minutes) => {
  expect(cronStarts({ kind, schedule })).toEqual(minutes);
});
