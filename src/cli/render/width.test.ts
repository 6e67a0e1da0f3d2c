import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth, padEnd, padStart, takeColumns, truncate } from './width.ts';

const text = fc.string({ unit: fc.constantFrom('a', ' ', '노', '드', '漢', 'é', 'e\u0301', '👩‍👩‍👧', '…', '\u200b'), maxLength: 30 });

test('Korean takes two columns a letter, combining marks none', () => {
  expect(displayWidth('워커 노드')).toBe(9);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(displayWidth('\u001b[31mred\u001b[39m')).toBe(3);
});

test('a double-width letter is never halved', () => {
  expect(truncate('워커 노드', 6)).toBe('워커 …');
  expect(truncate('워커 노드', 4)).toBe('워…');
  expect(truncate('워커', 4)).toBe('워커');
  expect(truncate('abc', 0)).toBe('');
  expect(takeColumns('👩‍👩‍👧x', 1)).toBe('');
});

test('cutting and padding keep to the width', () => {
  fc.assert(
    fc.property(text, fc.nat({ max: 40 }), (one, width) => {
      expect(displayWidth(truncate(one, width))).toBeLessThanOrEqual(width);
      expect(displayWidth(padEnd(one, width))).toBe(Math.max(width, displayWidth(one)));
      expect(padStart(one, width).trimStart()).toBe(one.trimStart());
      expect(one.startsWith(takeColumns(one, width))).toBe(true);
    }),
  );
});
