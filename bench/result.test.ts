import { expect, test } from 'vitest';
import { atLeast, atMost, exitCodeOf, renderResults } from './result.ts';

const results = [
  atMost('time', 1.204, 1.2, '×'),
  atMost('memory', 250, 250, 'MB'),
  atLeast('to Ansible', 7.99, 8, '×'),
  atMost('CPU', 1.14, undefined, '×'),
  { what: 'popeye', measured: 'not on PATH' },
];

test('a table of what is held and what is not', () => {
  expect(renderResults(results)).toBe(
    [
      'what        bar       measured',
      'time        ≤ 1.2 ×   1.20 ×       FAIL',
      'memory      ≤ 250 MB  250 MB       pass',
      'to Ansible  ≥ 8 ×     7.99 ×       FAIL',
      'CPU                   1.14 ×',
      'popeye                not on PATH',
      '',
    ].join('\n'),
  );
});

test('a bar that is not held is a failure, and so is one without a measure; a number without a bar is none', () => {
  expect(exitCodeOf(results)).toBe(1);
  expect(exitCodeOf(results.filter(({ held }) => held !== false))).toBe(0);
  expect(exitCodeOf([atMost('time', Number.NaN, 1.2, '×')])).toBe(1);
});
