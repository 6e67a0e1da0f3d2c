import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactText } from '../evidence/redact.ts';
import { hiddenLines } from './hidden-lines.ts';

const secret = (value: string): string => `password: ${value}`;

test.each<readonly [string, readonly string[], readonly string[], object]>([
  ['that stay', ['a', secret('one'), 'b'], ['a', secret('one'), 'c'], { unchanged: 1, changed: 0 }],
  ['that change', ['a', secret('one')], ['a', secret('two')], { unchanged: 0, changed: 2 }],
  ['that come', ['a'], ['a', secret('two')], { unchanged: 0, changed: 1 }],
  ['that go', [secret('one'), 'a'], ['a'], { unchanged: 0, changed: 1 }],
  ['that move', [secret('one'), 'a', 'b'], ['a', 'b', secret('one')], { unchanged: 0, changed: 2 }],
  ['none', ['a'], ['b'], { unchanged: 0, changed: 0 }],
])('lines %s', (_what, before, after, expected) => {
  expect(hiddenLines(before.join('\n'), after.join('\n'), redactText)).toEqual(expected);
});

test('what changes is seen or counted: two texts that look the same are the same, or hide a change', () => {
  const line = fc.oneof(
    fc.constantFrom('a', 'b', ''),
    fc.constantFrom('x', 'y').map((value) => secret(value.repeat(12))),
  );
  const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { changed } = hiddenLines(before, after, redactText);
      if (redactText(before) === redactText(after)) expect(changed > 0).toBe(before !== after);
    }),
    { interruptAfterTimeLimit: 2_000 },
  );
});
