import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import architecture from '../../ARCHITECTURE.md?raw';
import { baseKey, placeholders, textFiles } from '../../test/texts/text-files.ts';
import { languages } from './language.ts';
import glossary from './glossary.json' with { type: 'json' };

const files = textFiles();

test('there are texts of the shell, of errors and of problems', () => {
  expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['cli', 'errors.transport']));
});

describe.each(files)('$name', ({ texts, json }) => {
  const bases = (language: 'en' | 'ko'): readonly string[] =>
    [...new Set([...texts[language].keys()].map(baseKey))].toSorted();
  const pairs = [...texts.ko].map(([key, ko]) => ({
    key,
    ko,
    en: texts.en.get(key) ?? texts.en.get(`${baseKey(key)}_other`) ?? '',
  }));

  test('no text stands there twice, where the later one would be read for both', () => {
    // JSON is YAML, whose reader takes no key twice.
    for (const language of languages) expect(parseDocument(json[language]).errors).toEqual([]);
  });

  test('every text is in both languages', () => {
    expect(bases('ko')).toEqual(bases('en'));
  });

  test('plural forms are those of the language', () => {
    const keys = [...texts.en.keys()];
    const halves = keys.filter((key) => key.endsWith('_one') && !texts.en.has(`${baseKey(key)}_other`));

    expect(
      [...texts.ko.keys()].filter((key) => key.endsWith('_one')),
      'Korean has one form',
    ).toEqual([]);
    expect(halves, '_one without _other').toEqual([]);
    expect(
      keys.filter((key) => /_(?:one|other)$/.test(key) && texts.en.has(baseKey(key))),
      'both with and without a form',
    ).toEqual([]);
  });

  test('the same values fill both languages', () => {
    const unequal = pairs.filter(
      ({ ko, en }) => [...placeholders(ko)].toSorted().join() !== [...placeholders(en)].toSorted().join(),
    );

    expect(unequal).toEqual([]);
  });

  test('the singular of English takes no value that the plural lacks', () => {
    const extra = [...texts.en].filter(([key, text]) => {
      const plural = placeholders(texts.en.get(`${baseKey(key)}_other`) ?? text);
      return [...placeholders(text)].some((name) => !plural.has(name));
    });

    expect(extra).toEqual([]);
  });

  test('nothing is left in English', () => {
    const allowed: readonly string[] = glossary.untranslated;
    const left = pairs.filter(({ ko }) => !/[가-힣]/.test(ko) && isProse(ko) && !allowed.includes(ko));

    expect(left).toEqual([]);
  });

  test('a text is one line without stray spaces', () => {
    const stray = (['en', 'ko'] as const).flatMap((language) =>
      [...texts[language]].filter(([, text]) => /\n|^\s|\s$| {2}/.test(text) || text === ''),
    );

    expect(stray).toEqual([]);
  });

  test('no particle stands in one form after a value whose last letter is not known', () => {
    expect(pairs.filter(({ ko }) => hasAmbiguousParticle(ko)).map(({ key, ko }) => `${key}: ${ko}`)).toEqual([]);
  });

  test('sentences are polite', () => {
    // 합쇼체 or 해요체; `한다.`, `없다.`, `하라.` are neither.
    const rude = pairs.filter(({ ko }) => /(?:(?<!니)다|(?:하|시)라)\.(?:\s|$|\))/.test(ko));

    expect(rude.map(({ key, ko }) => `${key}: ${ko}`)).toEqual([]);
  });

  test('what is asked of people is asked in one politeness', () => {
    expect(pairs.filter(({ ko }) => ko.includes('십시오')).map(({ key, ko }) => `${key}: ${ko}`)).toEqual([]);
  });

  test('terms are those of the glossary', () => {
    const wrong = pairs.flatMap(({ key, ko, en }) => [
      ...glossary.terms
        .filter((term) => mentions(en, term.en) && !isTranslated(ko, term))
        .map((term) => `${key}: ${term.en} is ${term.ko}: ${ko}`),
      ...[...glossary.forbidden, ...glossary.terms.flatMap((term) => term.not)]
        .filter((word) => ko.includes(word))
        .map((word) => `${key}: not ${word}: ${ko}`),
    ]);

    expect(wrong).toEqual([]);
  });
});

/**
 * Particles with two forms: the right one depends on the last letter of what stands before. `이(가)` and `(으)로` are both.
 */
const ambiguousParticle =
  /\}\}[)\]'"”’]*(?:은|는|이|가|을|를|과|와|이나|나|이랑|랑|(?:으로|로)(?:만|부터|서|는|도)?)(?![가-힣(])/;

/** A remark in brackets does not decide the particle, the word before it does: `known_hosts({{path}})는`. */
function hasAmbiguousParticle(ko: string): boolean {
  return ambiguousParticle.test(ko.replaceAll(/(?<=[\w가-힣])\([^()]*\{\{[^()]*\)/g, ''));
}

/** Commands, options, paths and values are not prose; two words in a row are. */
function isProse(text: string): boolean {
  const rest = text
    .replaceAll(/\{\{\w+\}\}/g, ' ')
    .replaceAll(/(?:nodemend|kubectl|chmod|ssh-keygen|ssh)( [\w<>.=/:-]+)*/g, ' ')
    .replaceAll(/--?[\w-]+(?:[ =][A-Z]+)?|\$[A-Z_]+|~?\/[\w./-]+/g, ' ');
  return /[A-Za-z]{3,}/.test(rest);
}

/** Whether English speaks of a term: as words of its own, not in a command, an option, or a longer term. */
function mentions(text: string, term: string): boolean {
  const longer = glossary.terms.map(({ en }) => en).filter((one) => one !== term && one.includes(term));
  const prose = text.replaceAll(/\{\{\w+\}\}|--[\w-]+|(?:nodemend|kubectl) [a-z -]+/g, ' ');
  const rest = longer.reduce((left, one) => left.replaceAll(words(one), ' '), prose);
  return words(term).test(rest);
}

function words(term: string): RegExp {
  return new RegExp(String.raw`(?<![\w-])${term}(?:s|es|ed)?(?![\w-]|\.\w)`, 'gi');
}

/**
 * `stem` is what stays of a verb in all its forms. `word` is what is typed: a command or a value of an option stays as
 * it is in every language.
 */
function isTranslated(
  ko: string,
  term: { readonly ko: string; readonly stem?: string; readonly word?: string },
): boolean {
  return ko.includes(term.stem ?? term.ko) || (term.word !== undefined && ko.includes(term.word));
}

/** The words of the house, `| word | 한국어 | meaning |`; words that users do not see have no Korean one. */
const houseWords = [...architecture.split('## Words')[1]!.matchAll(/^\| \*\*([^*|]+)\*\* \| ([^|]+) \|/gm)].map(
  ([, en = '', ko = '']) => ({ en, ko }),
);

describe('the words of ARCHITECTURE.md', () => {
  test.each(houseWords.filter(({ ko }) => ko !== '—'))('$en is what users read as $ko', ({ en, ko }) => {
    const term = glossary.terms.find((one) => one.en.toLowerCase() === en);

    expect(term?.ko ?? ko).toBe(ko);
    expect(files.some(({ texts }) => [...texts.ko.values()].some((text) => text.includes(ko)))).toBe(true);
  });

  test('are on one page, and none is a word that went away', () => {
    expect(houseWords.length).toBeGreaterThan(20);
    expect(houseWords.length).toBeLessThan(40);
    const used = files.flatMap(({ texts }) => [...texts.en.values()]);
    expect(used.filter((text) => glossary.former.some((word) => text.includes(word)))).toEqual([]);
  });
});

describe('the rules themselves', () => {
  test.each([
    '{{node}}은 {{x}}',
    '{{node}}이 없습니다',
    '({{path}})를 확인',
    '파일 ({{path}})를 확인',
    '{{path}}로 이동',
    '{{path}}로부터 읽음',
  ])('%s is ambiguous', (text) => {
    expect(hasAmbiguousParticle(text)).toBe(true);
  });

  test.each([
    '{{node}}이(가) 없습니다',
    '{{path}}(으)로',
    '{{node}} 노드가',
    '{{path}}에서',
    '{{path}}의 규칙',
    '{{bytes}} 로그가',
    '{{node}}인데',
    '{{count}}개를',
    'known_hosts({{path}})는',
  ])('%s is not', (text) => {
    expect(hasAmbiguousParticle(text)).toBe(false);
  });
});

test('no text of the shell is in two files, where one would hide the other', () => {
  const shell = ['cli', 'commands', 'doctor', 'objects', 'pull-secret', 'rate-limit', 'schedule'];
  const keys = textFiles()
    .filter(({ name }) => shell.includes(name))
    .flatMap(({ texts }) => [...texts.en.keys()]);

  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  expect(new Set(keys.map(baseKey)).size).toBeGreaterThan(100);
});
