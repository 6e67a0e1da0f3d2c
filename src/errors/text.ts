import { createTranslator, type TextParams, type Translator } from '../locales/translator.ts';
import type { Language } from '../locales/language.ts';
import enActions from '../locales/en/errors.actions.json' with { type: 'json' };
import enCli from '../locales/en/errors.cli.json' with { type: 'json' };
import enEngine from '../locales/en/errors.engine.json' with { type: 'json' };
import enEvidence from '../locales/en/errors.evidence.json' with { type: 'json' };
import enKubernetes from '../locales/en/errors.kubernetes.json' with { type: 'json' };
import enLab from '../locales/en/errors.lab.json' with { type: 'json' };
import enRegistry from '../locales/en/errors.registry.json' with { type: 'json' };
import enSchedule from '../locales/en/errors.schedule.json' with { type: 'json' };
import enTransport from '../locales/en/errors.transport.json' with { type: 'json' };
import koActions from '../locales/ko/errors.actions.json' with { type: 'json' };
import koCli from '../locales/ko/errors.cli.json' with { type: 'json' };
import koEngine from '../locales/ko/errors.engine.json' with { type: 'json' };
import koEvidence from '../locales/ko/errors.evidence.json' with { type: 'json' };
import koKubernetes from '../locales/ko/errors.kubernetes.json' with { type: 'json' };
import koLab from '../locales/ko/errors.lab.json' with { type: 'json' };
import koRegistry from '../locales/ko/errors.registry.json' with { type: 'json' };
import koSchedule from '../locales/ko/errors.schedule.json' with { type: 'json' };
import koTransport from '../locales/ko/errors.transport.json' with { type: 'json' };
import type { ErrorCode } from './catalogue.ts';

/** An error in words: one line of cause, one line of what to do next. */
export interface ErrorText {
  readonly cause: string;
  readonly next: string;
}

type ErrorTexts = Readonly<Record<ErrorCode, { readonly cause: string; readonly next: string }>>;

/** The compiler checks that each language has a text for each code; a test checks the reverse. */
const wordsOf: Readonly<Record<Language, () => ErrorTexts>> = {
  en: () => ({
    ...enActions,
    ...enCli,
    ...enEngine,
    ...enEvidence,
    ...enKubernetes,
    ...enLab,
    ...enRegistry,
    ...enSchedule,
    ...enTransport,
  }),
  ko: () => ({
    ...koActions,
    ...koCli,
    ...koEngine,
    ...koEvidence,
    ...koKubernetes,
    ...koLab,
    ...koRegistry,
    ...koSchedule,
    ...koTransport,
  }),
};

const read = new Map<Language, ErrorTexts>();

/** Every code's words. Read when they are asked for: a command that goes well needs none of them. */
export function errorTexts(language: Language): ErrorTexts {
  const texts = read.get(language) ?? wordsOf[language]();
  read.set(language, texts);
  return texts;
}

const translators = new Map<Language, Translator>();

/** The words for a code, placeholders filled. */
export function errorText(language: Language, code: ErrorCode, params: TextParams): ErrorText {
  let translator = translators.get(language);
  if (!translator) {
    translator = createTranslator(language, { ...errorTexts(language) });
    translators.set(language, translator);
  }
  return { cause: translator.text(`${code}.cause`, params), next: translator.text(`${code}.next`, params) };
}
