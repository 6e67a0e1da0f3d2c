import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { runs } from '../../../test/runs.ts';
import { displayWidth, padEnd, padStart, takeColumns, truncate } from './width.ts';

const text = fc.string({
  unit: fc.constantFrom('a', ' ', '노', '드', '漢', 'é', 'e\u0301', '👩‍👩‍👧', '…', '\u200b'),
  maxLength: 30,
});

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

test('Korean and marks of prose are counted without tables, as string-width counts them', () => {
  const letter = fc.oneof(
    fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCodePoint(code)),
    fc.constantFrom('a', ' ', '·', '×', '–', '—', '‘', '’', '“', '”', '…'),
  );
  fc.assert(
    fc.property(fc.string({ unit: letter, maxLength: 20 }), fc.nat({ max: 30 }), (one, width) => {
      expect(displayWidth(one)).toBe(stringWidth(one));
      expect(stringWidth(takeColumns(one, width))).toBeLessThanOrEqual(width);
    }),
  );
});

test('counts as string-width does', () => {
  const letters = fc.constantFrom(
    'a',
    ' ',
    '노',
    'ㄱ',
    '\u1100\u1161\u11a8',
    '漢',
    '、',
    '…',
    '–',
    '→',
    'é',
    'e\u0301',
    '\u0301',
    '\u200b',
    '\u00ad',
  );
  const signs = fc.constantFrom(
    '👍',
    '👍🏽',
    '👩‍👩‍👧',
    '🇰🇷',
    '✔',
    '✔\ufe0f',
    '1\ufe0f\u20e3',
    'ไ',
    'ก็',
    'नि',
    '\u001b[31m',
    '\u001b[0m',
    '\t',
    '\u0007',
  );
  const assigned = fc
    .integer({ min: 0x20, max: 0x2ffff })
    .filter((code) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(String.fromCodePoint(code)))
    .map((code) => String.fromCodePoint(code));
  fc.assert(
    fc.property(fc.array(fc.oneof(letters, signs), { maxLength: 12 }), (parts) => {
      expect(displayWidth(parts.join(''))).toBe(stringWidth(parts.join('')));
    }),
    { numRuns: runs(500) },
  );
  fc.assert(
    fc.property(assigned, (one) => {
      expect(displayWidth(one)).toBe(stringWidth(one));
    }),
    { numRuns: runs(2_000) },
  );
});
