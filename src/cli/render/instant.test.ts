import { expect, onTestFinished, test } from 'vitest';
import { formatInstant, isInstant, shortDay, shortInstant } from './instant.ts';
import { wrapSentence } from './wrap.ts';

function live(zone: string): void {
  const before = process.env['TZ'];
  onTestFinished(() => {
    process.env['TZ'] = before;
  });
  process.env['TZ'] = zone;
}

test.each([
  ['UTC', 'Friday, 27 November 2026 03:00 UTC', '2026년 11월 27일(금) 03:00 UTC', '2026-11-27 03:00 UTC'],
  [
    'Asia/Seoul',
    'Friday, 27 November 2026 12:00 +09:00',
    '2026년 11월 27일(금) 12:00 +09:00',
    '2026-11-27 12:00 +09:00',
  ],
  // The day before, and no whole hour.
  [
    'America/St_Johns',
    'Thursday, 26 November 2026 23:30 -03:30',
    '2026년 11월 26일(목) 23:30 -03:30',
    '2026-11-26 23:30 -03:30',
  ],
])('a time in %s, with its zone', (zone, english, korean, short) => {
  live(zone);
  expect(formatInstant('2026-11-27T03:00:59Z', 'en')).toBe(english);
  expect(formatInstant('2026-11-27T03:00:59Z', 'ko')).toBe(korean);
  expect(shortInstant('2026-11-27T03:00:59.123Z')).toBe(short);
  // It is not broken where a line ends.
  expect(wrapSentence(`at ${short}`, short.length)).toEqual(['at', short]);
});

test('a day without a time has its zone, too', () => {
  live('America/St_Johns');
  expect(shortDay('2027-01-01T00:00:00Z')).toBe('2026-12-31 -03:30');
});

test('what is not a time stays as it is', () => {
  expect(shortInstant('-')).toBe('-');
});

test.each(['2026-11-27', '2026-11-27T03:00:00+09:00', '+275760-09-13T00:00:00Z', 'bounded', 7])(
  '%s is none',
  (value) => {
    expect(isInstant(value)).toBe(false);
  },
);
