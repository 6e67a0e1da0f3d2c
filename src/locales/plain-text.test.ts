import fc from 'fast-check';
import { createInstance } from 'i18next';
import { describe, expect, it } from 'vitest';
import { textFiles } from '../../test/texts/text-files.ts';
import { plainText } from './plain-text.ts';
import { createTranslator, type TextParams, type TextTree } from './translator.ts';

/** i18next as the translator sets it up, as the oracle. */
function library(texts: TextTree, key: string, params: TextParams): string {
  const instance = createInstance();
  void instance.init({
    lng: 'en',
    resources: { en: { translation: texts } },
    initAsync: false,
    nsSeparator: false,
    interpolation: { escapeValue: false, skipOnVariables: true },
    missingInterpolationHandler: (_text: string, match: readonly string[]) => match[0] ?? '',
    returnNull: false,
  });
  return instance.t(key, { ...params });
}

const name = fc.constantFrom('a', 'b', 'node', 'toString');
const piece = fc.oneof(
  fc.string({ unit: fc.constantFrom('x', ' ', '.', '{', '}', '$', '&', '노', '\\') }),
  name.map((word) => `{{${word}}}`),
);
const value = fc.oneof(fc.integer(), fc.string({ unit: fc.constantFrom('x', '$', '&', '{{a}}', '$t(a)', '1') }));

describe('a text without forms', () => {
  it('is what i18next would say, whatever the template and its values', () => {
    fc.assert(
      fc.property(fc.array(piece), fc.dictionary(name, value), (pieces, params) => {
        const texts = { group: { key: pieces.join('') } };
        const plain = plainText(texts, 'group.key', params);

        fc.pre(plain !== undefined && plain !== '');
        expect(plain).toBe(library(texts, 'group.key', params));
      }),
    );
  });

  it('is found for most of nodemend’s own texts', () => {
    const texts = textFiles().flatMap((file) => [...file.texts.en]);
    const found = texts.filter(([key, text]) => plainText({ only: text }, 'only', {}) !== undefined && !/_(one|other)$/.test(key));

    expect(found.length).toBeGreaterThan(texts.length / 2);
  });
});

describe('what needs more is left to i18next', () => {
  const texts = { n_one: '{{count}} node', n_other: '{{count}} nodes', c: 'plain', c_near: 'near', f: '{{a, number}}', t: '$t(c)!', o: { a: 'b' } };

  it.each([
    ['n', { count: 1 }],
    ['c', { context: 'near' }],
    ['f', { a: 1 }],
    ['t', {}],
    ['o', {}],
    ['missing', {}],
    ['o.toString', {}],
  ] as const)('%s', (key, params) => {
    expect(plainText(texts, key, params)).toBeUndefined();
  });

  it('which knows plural and context', () => {
    const translator = createTranslator('en', texts);

    expect([translator.text('n', { count: 1 }), translator.text('n', { count: 2 }), translator.text('c', { context: 'near' }), translator.text('missing')]).toEqual([
      '1 node',
      '2 nodes',
      'near',
      'missing',
    ]);
  });
});
