import { errorText, type ErrorText } from '../../errors/text.ts';
import { sentenceText, withSentences, type Sentence } from '../../errors/sentences.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { Language } from '../../locales/language.ts';
import { createTranslator, type TextParams, type TextTree } from '../../locales/translator.ts';
import type { Problem } from '../../problems/problem.ts';
import enCli from '../../locales/en/cli.json' with { type: 'json' };
import enCommands from '../../locales/en/commands.json' with { type: 'json' };
import enDoctor from '../../locales/en/doctor.json' with { type: 'json' };
import enImages from '../../locales/en/images.json' with { type: 'json' };
import enObjects from '../../locales/en/objects.json' with { type: 'json' };
import enPullSecret from '../../locales/en/pull-secret.json' with { type: 'json' };
import enReboot from '../../locales/en/reboot.json' with { type: 'json' };
import enRateLimit from '../../locales/en/rate-limit.json' with { type: 'json' };
import enSchedule from '../../locales/en/schedule.json' with { type: 'json' };
import koCli from '../../locales/ko/cli.json' with { type: 'json' };
import koCommands from '../../locales/ko/commands.json' with { type: 'json' };
import koDoctor from '../../locales/ko/doctor.json' with { type: 'json' };
import koImages from '../../locales/ko/images.json' with { type: 'json' };
import koObjects from '../../locales/ko/objects.json' with { type: 'json' };
import koPullSecret from '../../locales/ko/pull-secret.json' with { type: 'json' };
import koReboot from '../../locales/ko/reboot.json' with { type: 'json' };
import koRateLimit from '../../locales/ko/rate-limit.json' with { type: 'json' };
import koSchedule from '../../locales/ko/schedule.json' with { type: 'json' };
import { printable } from '../../text/printable.ts';

/** Looks a text of the shell up: `t('diagnose.summary', { count: 3 })`. */
export type Translate = (key: string, params?: TextParams) => string;

/** Every word the command line can say, in one language. */
export interface Texts {
  readonly language: Language;
  /**
   * Keys of `locales/<lang>/{cli,commands,doctor,images,objects,pull-secret,rate-limit,reboot,schedule}.json`, and of the problems
   * under `problems.<id>.`.
   */
  readonly t: Translate;
  readonly has: (key: string) => boolean;
  readonly error: (code: ErrorCode, params: TextParams) => ErrorText;
  readonly sentence: (sentence: Sentence) => string;
}

/** What the list of commands needs comes first: the files behind it are then not even parsed. */
const shell: Readonly<Record<Language, readonly TextTree[]>> = {
  en: [enCli, enCommands, enPullSecret, enSchedule, enRateLimit, enDoctor, enObjects, enReboot, enImages],
  ko: [koCli, koCommands, koPullSecret, koSchedule, koRateLimit, koDoctor, koObjects, koReboot, koImages],
};

/**
 * The shell's own words and those of the problems. Values that fill a text are made printable on the way in: they come
 * from nodes, servers and files.
 */
export function createTexts(language: Language, problems: readonly Problem[]): Texts {
  const translator = createTranslator(language, ...shell[language], textsOf(problems, language));
  return {
    language,
    t: (key, params = {}) => {
      const text = translator.text(key, withSentences(language, printableParams(params)));
      // A key without a text stands for itself, and a plan's keys are whoever's who wrote it.
      return text === key ? printable(key) : text;
    },
    has: (key) => translator.has(key),
    error: (code, params) => errorText(language, code, printableParams(params)),
    sentence: (sentence) => printable(sentenceText(language, [sentence])),
  };
}

function textsOf(problems: readonly Problem[], language: Language): TextTree {
  return { problems: Object.fromEntries(problems.map(({ meta, texts }) => [meta.id, texts[language]])) };
}

function printableParams(params: TextParams): TextParams {
  const entries = Object.entries(params).map(
    ([name, value]) => [name, typeof value === 'string' ? printable(value) : value] as const,
  );
  return Object.fromEntries(entries);
}
