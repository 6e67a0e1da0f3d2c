import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteWord, splitWords } from './argument-words.ts';

/** As popt 1.19 splits them (poptParseArgvString). */
test.each([
  ['/a /b', ['/a', '/b']],
  [' "/a b" ', ['/a b']],
  ["'/a'/b", ['/a/b']],
  ['/a\\ b', ['/a b']],
  ['"a\\"b"', ['a"b']],
  ['"a\\nb"', ['a\\nb']],
  ['"never closed', ['never closed']],
  ['\t/a\n/b\r\n', ['/a', '/b']],
  ['""', []],
  ['', []],
  ['/a\\', 'ends-in-backslash'],
  ['"a\\', 'ends-in-backslash'],
])('%j', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test('words come back from every way of quoting them', () => {
  const word = fc.string({ minLength: 1, unit: fc.constantFrom('a', '/', ' ', '*', '"', "'", '\\', '-', '\t') });
  const quotings = [
    (text: string): string => text.replaceAll(/[^]/g, '\\$&'),
    (text: string): string => `"${text.replaceAll('"', '\\"')}"`,
  ];

  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      expect(splitWords(words.map(quotings[0]!).join(' '))).toEqual(words);
      // In quotes a backslash before another one is two, and one before the quote is none.
      const plain = words.filter((text) => !text.includes('\\'));
      expect(splitWords(plain.map(quotings[1]!).join('\n'))).toEqual(plain);
    }),
  );
});

test('a path is written so that it is read back, or not at all', () => {
  fc.assert(
    fc.property(fc.string(), (path) => {
      const word = quoteWord(path);
      if (word !== undefined) expect(splitWords(word)).toEqual(path === '' ? [] : [path]);
      if (/[{}\n"]/.test(path)) expect(word).toBeUndefined();
    }),
  );
  expect(quoteWord('/data/my docker/*.log')).toBe('"/data/my docker/*.log"');
});
