import { expect, test } from 'vitest';
import { parseBootDelay } from './power.ts';

test.each([
  ['0', 0],
  ['20', 20],
  ['never', 'never'],
])('boot-delay NODE %s', (text, delay) => {
  expect(parseBootDelay(text)).toBe(delay);
});

test.each(['', '-1', '1.5', 'soon', '12345'])('boot-delay NODE %s is refused', (text) => {
  expect(() => parseBootDelay(text)).toThrow(
    `A boot delay is a number of seconds, or never, not ${text || 'nothing'}\n  next: boot-delay NODE 20`,
  );
});
