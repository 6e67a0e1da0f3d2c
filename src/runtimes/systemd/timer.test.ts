import { expect, test } from 'vitest';
import { timerPeriod, timerStarts } from './timer.ts';

/**
 * A time in systemd's own form, and the longest wait in its next hundred times, minutes: as `systemd-analyze calendar
 * --iterations=100` of systemd 252 says.
 */
test.each([
  ['*-*-* *:00:00', 60],
  ['*-*-* 00:00:00', 1440],
  ['*-*-* 06:25:00', 1440],
  ['*-*-* *:00/10:00', 10],
  ['*-*-* 00/6:00:00', 360],
  ['*-*-* 06,18:30:00', 720],
  ['*-*-* 09..17:00:00', 960],
  ['*-*-* 00,12:00:00', 720],
  ['*-*-* *:15,45:00', 30],
  ['*-*-* *:*:00', 1],
  ['*-*-* 02/12:00:00', 720],
  ['*-*-* 01,02,03:05,35:00', 1290],
])('%s: the longest wait is the one of systemd', (time, minutes) => {
  expect(timerPeriod(`{ OnCalendar=${time} ; next_elapse=n/a }`) * 1_440).toBeCloseTo(minutes, 6);
});

test.each([
  ['a day of the week', 'Mon *-*-* 00:00:00', 7],
  ['a day of the month', '*-*-01 00:00:00', 31],
  ['a day of the year', '*-01-01 00:00:00', 366],
  ['nothing', '', 1],
])('%s', (_name, time, days) => {
  expect(timerPeriod(`{ OnCalendar=${time} ; next_elapse=n/a }`)).toBe(days);
});

test.each([
  ['*-*-* 00:00:00', [0]],
  ['*-*-* 06,18:30:00', [390, 1110]],
  ['Mon *-*-* 03:05:00', [185]],
  ['', []],
])('%j: the minutes of a day at which it elapses', (time, minutes) => {
  expect(timerStarts(`{ OnCalendar=${time} ; next_elapse=n/a }`)).toEqual(minutes);
});
