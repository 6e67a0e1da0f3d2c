import type { Language } from '../locales/language.ts';
import { createTranslator, type TextParams, type Translator } from '../locales/translator.ts';
import en from '../locales/en/sentences.json' with { type: 'json' };
import ko from '../locales/ko/sentences.json' with { type: 'json' };
import { withSystemErrorWords } from './system-error-words.ts';

/** A part of an error's text that has words of its own: a key of `locales/<lang>/sentences.json`, and what fills it. */
export interface Sentence {
  readonly key: string;
  readonly params?: Readonly<Record<string, string | number | readonly Sentence[]>>;
}

/**
 * Sentences as values of a text. Values are flat where they are kept and published, so the sentences of `what` are
 * `what.0`, `what.1` …, and what fills the first is `what.0.pod`.
 */
export function sentenceParams(name: string, sentences: readonly Sentence[]): TextParams {
  const flat: Record<string, string | number> = {};
  for (const [index, { key, params = {} }] of sentences.entries()) {
    const place = `${name}.${index}`;
    flat[place] = key;
    for (const [its, value] of Object.entries(params)) {
      if (typeof value === 'object') Object.assign(flat, sentenceParams(`${place}.${its}`, value));
      else flat[`${place}.${its}`] = value;
    }
  }
  return flat;
}

/** Sentences as a value of an error: in English for programs that read it, and as what they are for people. */
export function sentenceValue(name: string, sentences: readonly Sentence[]): TextParams {
  return { [name]: sentenceText('en', sentences), ...sentenceParams(name, sentences) };
}

/** Whether a value names a sentence, and so is nothing to be told itself. */
export function namesSentence(name: string): boolean {
  return /\.\d+$/u.test(name);
}

/** In one line. */
export function sentenceText(language: Language, sentences: readonly Sentence[]): string {
  return told(language, 'said', { params: sentenceParams('said', sentences), between: '; ' });
}

/** The values of a text, and under their names the sentences among them in words. */
export function withSentences(language: Language, params: TextParams): TextParams {
  return withSystemErrorWords(language, joined(language, params, '; '));
}

function joined(language: Language, params: TextParams, between: string): TextParams {
  const names = Object.keys(params).flatMap((name) => /^(\w+)\.0$/u.exec(name)?.[1] ?? []);
  return { ...params, ...Object.fromEntries(names.map((name) => [name, told(language, name, { params, between })])) };
}

function told(
  language: Language,
  name: string,
  { params, between }: { readonly params: TextParams; readonly between: string },
): string {
  const said: string[] = [];
  for (let key = params[`${name}.0`]; key !== undefined; key = params[`${name}.${said.length}`]) {
    const prefix = `${name}.${said.length}.`;
    const own = Object.entries(params).flatMap(([one, value]) =>
      one.startsWith(prefix) ? [[one.slice(prefix.length), value] as const] : [],
    );
    const values = withSystemErrorWords(language, joined(language, Object.fromEntries(own), ', '));
    said.push(translatorOf(language).text(String(key), values));
  }
  return said.join(between);
}

const words = { en, ko } as const;
const translators = new Map<Language, Translator>();

function translatorOf(language: Language): Translator {
  let translator = translators.get(language);
  if (!translator) {
    translator = createTranslator(language, words[language]);
    translators.set(language, translator);
  }
  return translator;
}
