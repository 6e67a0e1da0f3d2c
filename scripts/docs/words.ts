import { createTranslator, type TextParams } from '../../src/locales/translator.ts';
import type { Language } from '../../src/locales/language.ts';
import en from '../../src/locales/en/reference.json' with { type: 'json' };
import ko from '../../src/locales/ko/reference.json' with { type: 'json' };

export type Words = (key: string, params?: TextParams) => string;

/** The words of the reference pages. They are files of their own: the command line has no use for them. */
export function wordsOf(language: Language): Words {
  const translator = createTranslator(language, { en, ko }[language]);
  return (key, params) => {
    // A page with a key instead of a sentence must not be written.
    if (!translator.has(key)) throw new TypeError(`no text ${key} in ${language}`);
    return translator.text(key, params);
  };
}

/** `errors.md` and `errors.ko.md`: English is what a link without a language leads to. */
export function pagePath(name: string, language: Language): string {
  return `docs/reference/${name}${language === 'en' ? '' : `.${language}`}.md`;
}
