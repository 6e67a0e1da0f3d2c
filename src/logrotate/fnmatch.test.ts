import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fnmatch } from './fnmatch.ts';

const matches = (pattern: string, name: string, period = true): boolean => fnmatch(pattern, name, { period });

/** Held against fnmatch(3) of glibc 2.36. */
test.each([
  ['*-json.log', 'a-json.log', true],
  ['*-json.log', 'a-json.log.1', false],
  ['*', '.hidden', false],
  ['.*', '.hidden', true],
  ['\\.*', '.hidden', true],
  ['[.]x', '.x', false],
  ['?x', '.x', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[ab]', 'b', true],
  ['[!ab]', 'c', true],
  ['[^ab]', 'a', false],
  ['[a-c]x', 'bx', true],
  ['[]a]', ']', true],
  ['[!]a]', 'b', true],
  ['[a-]', '-', true],
  ['[[:digit:]]*', '1.log', true],
  ['[[:alpha:]]*', '1.log', false],
  ['[[:nosuch:]]', 'a', false],
  ['[a', '[a', true],
  ['[a', 'a', false],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['[\\]]', ']', true],
  ['a*b*c', 'aXbYbc', true],
  ['a*b*c', 'aXbYb', false],
  ['**', 'x', true],
  ['', '', true],
  ['', 'x', false],
])('%s and %s', (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});

describe('any name', () => {
  const name = fc.string({ minLength: 1, unit: 'grapheme-ascii' });

  test('is matched by itself with every character escaped, and by * when it is not hidden', () => {
    fc.assert(
      fc.property(name, (text) => {
        expect(matches(text.replaceAll(/[^]/g, '\\$&'), text)).toBe(true);
        expect(matches('*', text)).toBe(!text.startsWith('.'));
        expect(matches('*', text, false)).toBe(true);
        expect(matches(`*${text.replaceAll(/[^]/g, '\\$&')}`, `x${text}`)).toBe(true);
      }),
    );
  });

  test('never makes matching fail or hang, whatever the pattern', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('*', '?', '[', ']', '!', '-', '\\', ':', 'a', '.') }),
        name,
        (pattern, text) => typeof matches(pattern, text) === 'boolean',
      ),
    );
    expect(matches(`${'*a'.repeat(40)}b`, 'a'.repeat(2000))).toBe(false);
  });
});
