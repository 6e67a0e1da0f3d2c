import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printJsonPath } from './print.ts';
import { parseTemplate } from './template.ts';

/** What a real kubectl printed (`kubectl label --local -f DOCUMENT a=b --overwrite -o jsonpath=TEMPLATE`); null where it refused. */
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/kubectl-answers.json'), 'utf8')) as {
  readonly kubectl: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly answers: readonly { readonly template: string; readonly printed: string | null }[];
};

test.each(recorded.answers)(`$template, as kubectl ${recorded.kubectl} has it`, ({ template, printed }) => {
  if (printed === null) expect(() => printJsonPath(recorded.document, template)).toThrow();
  else expect(printJsonPath(recorded.document, template)).toBe(printed);
});

test('what kubectl refuses, or is not there, and is nothing here', () => {
  // kubectl ends with an error where an index is beyond the list; a missing key is nothing to both.
  expect(printJsonPath(recorded.document, '{.findings[9].name}')).toBe('');
  // It has one comparison in a filter; RFC 9535 has more.
  expect(printJsonPath(recorded.document, '{.findings[?(@.name=="a" && @.n)].name}')).toBe('a');
  expect(printJsonPath({ a: undefined, b: 1 }, '{.a}{.b}')).toBe('1');
});

test('any text is a template or refused, in time; what has no brace is itself', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '.a',
    '..',
    '[',
    ']',
    '[*]',
    '?(',
    ')',
    '"',
    "'",
    '\\',
    'range ',
    'end',
    '@',
    'x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const template = pieces.join('');
      const began = performance.now();
      try {
        const printed = printJsonPath({ a: [1, { x: 2 }] }, template);
        if (!template.includes('{')) expect(printed).toBe(template);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      expect(performance.now() - began).toBeLessThan(1000);
    }),
  );
});

test('a key is found by its name, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.integer(), (key, value) => {
      const escaped = key.replaceAll(/[\\.'"[\]{}\s=<>!&|()@,]/gu, (mark) => `\\${mark}`);
      expect(printJsonPath({ [key]: value }, `{['${escaped}']}`)).toBe(String(value));
    }),
  );
});

test('parts of a template', () => {
  expect(parseTemplate('a{.b}{"\\n"}')).toEqual([{ text: 'a' }, { queries: ['$["b"]'] }, { text: '\n' }]);
});
