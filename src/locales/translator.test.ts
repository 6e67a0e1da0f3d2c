import fc from 'fast-check';
import { createInstance } from 'i18next';
import { describe, expect, it } from 'vitest';
import { runs } from '../../test/runs.ts';
import { textFiles } from '../../test/texts/text-files.ts';
import { languages, type Language } from './language.ts';
import { createTranslator, type TextParams, type TextTree } from './translator.ts';

/** i18next, whose format the texts have, as the oracle. */
function oracle(language: Language, texts: TextTree, key: string, params: TextParams): string {
  const instance = createInstance();
  void instance.init({
    lng: language,
    resources: { [language]: { translation: texts } },
    initAsync: false,
    nsSeparator: false,
    interpolation: { escapeValue: false, skipOnVariables: true },
    missingInterpolationHandler: (_text: string, match: readonly string[]) => match[0] ?? '',
    returnNull: false,
  });
  return instance.t(key, { ...params });
}

const name = fc.constantFrom('count', 'a', 'b', 'node');
const piece = fc.oneof(
  fc.string({ unit: fc.constantFrom('x', ' ', '.', '$', '&', '노', '\\'), minLength: 1 }),
  name.map((word) => `{{${word}}}`),
);
const template = fc.array(piece, { minLength: 1 }).map((pieces) => pieces.join(''));
const form = fc.constantFrom('', '_one', '_other', '_near', '_near_one', '_near_other', '_far');
const value = fc.oneof(fc.integer(), fc.string({ unit: fc.constantFrom('x', '$', '&', '{{a}}', '$t(a)', '1') }));
const params = fc.record(
  { count: fc.integer({ min: 0, max: 3 }), context: fc.constantFrom('near', 'far', 'other', ''), a: value, b: value },
  { requiredKeys: [] },
);

describe('the translator', () => {
  it('says what i18next would say, whatever the forms, the templates and their values', () => {
    fc.assert(
      fc.property(fc.constantFrom(...languages), fc.dictionary(form, template), params, (language, forms, values) => {
        const texts = {
          group: Object.fromEntries(Object.entries(forms).map(([suffix, text]) => [`key${suffix}`, text])),
        };

        expect(createTranslator(language, texts).text('group.key', values)).toBe(
          oracle(language, texts, 'group.key', values),
        );
      }),
      { numRuns: runs(500) },
    );
  });

  it('leaves the placeholder of a missing value and the key of a missing text to be seen', () => {
    const { text, has } = createTranslator('en', { a: { b: '{{x}} and {{toString}}' } });

    expect(text('a.b')).toBe('{{x}} and {{toString}}');
    expect([text('a'), text('a.c'), text('a.toString')]).toEqual(['a', 'a.c', 'a.toString']);
    expect([has('a.b'), has('a'), has('a.c')]).toEqual([true, false, false]);
  });
});

describe('nodemend’s own texts', () => {
  it('use no other part of i18next’s format: no nested text, no format, no braces but those of a placeholder', () => {
    const all = textFiles().flatMap((file) => languages.flatMap((language) => [...file.texts[language]]));
    const others = all.filter(([, text]) => /[{}]|\$t\(/.test(text.replaceAll(/\{\{\w+\}\}/g, '')));

    expect(others).toEqual([]);
  });
});
