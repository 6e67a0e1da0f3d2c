import { expect, test } from 'vitest';
import { durationSeconds } from './duration.ts';

// Go's time.ParseDuration.
test.each([
  ['2m0s', 120],
  ['1h30m', 5400],
  ['1.5h', 5400],
  ['.5s', 0.5],
  ['100ms', 0.1],
  ['0', 0],
  ['-1s', -1],
])('%s', (text, seconds) => expect(durationSeconds(text)).toBeCloseTo(seconds, 9));

test.each(['', '5', 's', '1d', '1h 2m', '1e3s', 'one'])('%j is none', (text) =>
  expect(durationSeconds(text)).toBeUndefined(),
);
