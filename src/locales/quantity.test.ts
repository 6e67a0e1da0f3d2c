import { expect, test } from 'vitest';
import { formatBytes, formatDuration } from './quantity.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [9.96 * 1024, '10 KiB'],
  [1023.4 * 1024, '1023 KiB'],
  [1023.96 * 1024, '1 MiB'],
  [41.3 * 1024 ** 3, '41 GiB'],
  [3 * 1024 ** 5, '3 PiB'],
  [9999 * 1024 ** 5, '9999 PiB'],
  [-1536, '-1.5 KiB'],
])('%d bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0ms'],
  [850.4, '850ms'],
  [1_000, '1s'],
  [59_600, '1m'],
  [185_000, '3m5s'],
  [7_800_000, '2h10m'],
  [86_399_999, '1d'],
  [99 * 3_600_000, '4d3h'],
])('%d ms', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
