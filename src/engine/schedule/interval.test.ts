import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  calendarText,
  cronText,
  hourlyCronText,
  isDue,
  lastSlot,
  nextSlot,
  parseInterval,
  intervalWords,
  type Interval,
} from './interval.ts';

const zone = process.env['TZ'];
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const interval = fc
  .record({
    every: fc.constantFrom(...intervalWords),
    hour: fc.integer({ min: 0, max: 23 }),
    minute: fc.integer({ min: 0, max: 59 }),
  })
  .map((one): Interval => (one.every === 'hour' ? { ...one, hour: 0 } : one));
const moment = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('2100-01-01T00:00:00Z'),
  noInvalidDate: true,
});

describe('reading --every and --at', () => {
  test('03:17 where nothing is said', () => {
    expect(parseInterval('day', undefined)).toEqual({ every: 'day', hour: 3, minute: 17 });
    expect(parseInterval('hour', undefined)).toEqual({ every: 'hour', hour: 0, minute: 17 });
    expect(parseInterval('sunday', '23:59')).toEqual({ every: 'sunday', hour: 23, minute: 59 });
    expect(parseInterval('day', '4:05')).toEqual({ every: 'day', hour: 4, minute: 5 });
    expect(parseInterval('hour', ':20')).toEqual({ every: 'hour', hour: 0, minute: 20 });
  });

  test.each([
    ['day', '24:00'],
    ['day', '3:60'],
    ['day', '3'],
    ['day', ':20'],
    ['day', '03:20:00'],
    ['day', ''],
    ['hour', '03:20'],
    ['hour', '20'],
    ['hour', ':60'],
  ] as const)('--every %s --at %j is not a time', (every, at) => {
    expect(() => parseInterval(every, at)).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_TIME_INVALID', exitCode: 2 }),
    );
  });
});

test('in the words of systemd and of cron', () => {
  const words = (every: Interval['every'], at: string): readonly string[] => [
    calendarText(parseInterval(every, at)),
    cronText(parseInterval(every, at)),
    hourlyCronText(parseInterval(every, at)),
  ];
  expect(words('hour', ':05')).toEqual(['*-*-* *:05:00', '5 * * * *', '5 * * * *']);
  expect(words('day', '03:20')).toEqual(['*-*-* 03:20:00', '20 3 * * *', '20 * * * *']);
  expect(words('sunday', '23:00')).toEqual(['Sun *-*-* 23:00:00', '0 23 * * 0', '0 * * * *']);
  expect(words('wednesday', '00:09')).toEqual(['Wed *-*-* 00:09:00', '9 0 * * 3', '9 * * * *']);
});

describe.each(['UTC', 'Asia/Seoul', 'America/New_York', 'Australia/Lord_Howe'])('in %s', (tz) => {
  test('the last time is the newest that is not in the future, the next the first that is', () => {
    process.env['TZ'] = tz;
    fc.assert(
      fc.property(interval, moment, (one, now) => {
        const [last, next] = [lastSlot(one, now), nextSlot(one, now)];
        expect(last.getTime()).toBeLessThanOrEqual(now.getTime());
        expect(next.getTime()).toBeGreaterThan(last.getTime());
        const week = one.every === 'hour' ? 1 : one.every === 'day' ? 24 : 7 * 24;
        // A clock that is put forward or back takes or gives an hour.
        expect(Math.abs((now.getTime() - last.getTime()) / 3_600_000)).toBeLessThan(week + 1.01);
      }),
    );
  });
});

test('at the time itself, and on the wall clock across a change to summer time', () => {
  process.env['TZ'] = 'Europe/Berlin';
  const daily = parseInterval('day', '03:20');
  const local = (date: Date): string =>
    `${date.getMonth() + 1}-${date.getDate()} ${date.getHours()}:${date.getMinutes()}`;
  expect(local(lastSlot(daily, new Date(2026, 2, 29, 3, 20)))).toBe('3-29 3:20');
  expect(local(lastSlot(daily, new Date(2026, 2, 29, 3, 19)))).toBe('3-28 3:20');
  expect(local(nextSlot(daily, new Date(2026, 2, 28, 12)))).toBe('3-29 3:20');
  expect(local(lastSlot(parseInterval('monday', '03:20'), new Date(2026, 2, 30, 3, 0)))).toBe('3-23 3:20');
});

test('it is due once for each time it came up, however late somebody looks', () => {
  process.env['TZ'] = 'UTC';
  const daily = parseInterval('day', '03:20');
  const at = (text: string): Date => new Date(`2026-11-${text}:00Z`);
  expect(isDue(daily, at('23T03:20'), at('23T04:20'))).toBe(false);
  expect(isDue(daily, at('23T03:21'), at('24T02:20'))).toBe(false);
  expect(isDue(daily, at('23T03:21'), at('24T03:20'))).toBe(true);
  expect(isDue(daily, at('20T03:20'), at('24T17:20'))).toBe(true);
});
