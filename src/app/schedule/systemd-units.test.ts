import { afterEach, expect, test } from 'vitest';
import { timeOf } from './systemd-units.ts';

const zone = process.env['TZ'];
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

test('a time in systemctl’s words, in the zone of both', () => {
  process.env['TZ'] = 'Asia/Seoul';
  expect(timeOf('Thu 2026-11-26 21:17:00 KST')).toBe('2026-11-26T12:17:00.000Z');
  process.env['TZ'] = 'UTC';
  expect(timeOf('Thu 2026-11-26 21:17:00 UTC')).toBe('2026-11-26T21:17:00.000Z');
});

test.each(['', 'n/a', '0', 'Thu 2026-99-26 21:17:00 UTC'])('%j is none', (text) => {
  expect(timeOf(text)).toBeUndefined();
});
