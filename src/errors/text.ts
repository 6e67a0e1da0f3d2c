import { createTranslator, type TextParams, type Translator } from '../locales/translator.ts';
import { formatQuantity } from '../locales/quantity.ts';
import type { Language } from '../locales/language.ts';
import { errorAreas, type ErrorCode } from './catalogue.ts';
import { withSentences } from './sentences.ts';

/** An error in words: one line of cause, one line of what to do next. */
export interface ErrorText {
  readonly cause: string;
  readonly next: string;
}

type ErrorTexts = Readonly<Record<ErrorCode, { readonly cause: string; readonly next: string }>>;

const read = new Map<Language, ErrorTexts>();

/** Every code's words. Read when they are asked for: a command that goes well needs none of them. */
export function errorTexts(language: Language): ErrorTexts {
  const texts =
    read.get(language) ??
    (Object.assign({}, ...Object.values(errorAreas).map(({ words }) => words[language]())) as ErrorTexts);
  read.set(language, texts);
  return texts;
}

const translators = new Map<Language, Translator>();

/** A run tells many nodes' errors as one, its numbers in units: that of a single node has to read the same. */
function withQuantities(params: TextParams): TextParams {
  const entries = Object.entries(params);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === 'number' && name !== 'count' ? formatQuantity(name, value) : value,
    ]),
  );
}

/**
 * The words for a code, placeholders filled; a value that is an error of the system is said in words, too, and a number of
 * bytes in units.
 */
export function errorText(language: Language, code: ErrorCode, params: TextParams): ErrorText {
  let translator = translators.get(language);
  if (!translator) {
    translator = createTranslator(language, { ...errorTexts(language) });
    translators.set(language, translator);
  }
  const worded = withQuantities(withSentences(language, params));
  return { cause: translator.text(`${code}.cause`, worded), next: translator.text(`${code}.next`, worded) };
}
