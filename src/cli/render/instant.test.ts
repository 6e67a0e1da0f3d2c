import { expect, test } from 'vitest';
import { formatInstant, isInstant } from './instant.ts';

test('a day with its name, in UTC wherever the machine is', () => {
  expect(formatInstant('2026-11-27T03:00:59Z', 'en')).toBe('Friday, 27 November 2026 03:00 UTC');
  expect(formatInstant('2026-11-27T03:00:59Z', 'ko')).toBe('2026년 11월 27일(금) 03:00 UTC');
  expect(formatInstant('2027-01-03T23:59:00Z', 'en')).toBe('Sunday, 3 January 2027 23:59 UTC');
});

test.each(['2026-11-27', '2026-11-27T03:00:00+09:00', '+275760-09-13T00:00:00Z', 'bounded', 7])(
  '%s is none',
  (value) => {
    expect(isInstant(value)).toBe(false);
  },
);
