import { problemIds } from '../../app/problems/known-problem.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { catalogue, type ErrorCode } from '../../errors/catalogue.ts';
import { isErrorCode } from '../../errors/error-code.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { errorText, errorTexts } from '../../errors/text.ts';
import enMessages from '../../locales/en/messages.json' with { type: 'json' };
import koMessages from '../../locales/ko/messages.json' with { type: 'json' };
import { languages } from '../../locales/language.ts';
import { classify } from '../../messages/classify.ts';
import { labels, type Label } from '../../messages/label.ts';
import type { CommandContext } from '../command-context.ts';
import { placeholders } from './placeholders.ts';
import { problemsInWords } from './problems-in-words.ts';
import { remedyPage } from './remedy-page.ts';
import { rulePage } from './rule-page.ts';
import { shortPage } from './short-page.ts';
import { statusPage } from './status-page.ts';

/** A word that something printed, a rule, a message, or an error: what it means and what to do. @throws NodemendError USAGE */
export async function explainTopic(context: CommandContext, topic: string): Promise<number> {
  const page =
    statusPage(topic, context) ??
    (await rulePage(topic, context)) ??
    (await remedyPage(topic, context)) ??
    errorPages(ownCodes(topic), context) ??
    labelPage(topic, context) ??
    (await pageInWords(topic, context));
  if (page === undefined)
    throw new NodemendError('USAGE', {
      context: 'topic',
      value: topic,
      command: 'explain',
      choices: problemIds.join(', '),
    });
  context.output.data.write(page);
  return 0;
}

/** Of a trouble that its words name, else of errors that have them. */
async function pageInWords(topic: string, context: CommandContext): Promise<string | undefined> {
  const words = wordsOf(topic);
  if (words.length === 0) return undefined;
  return (await problemsInWords(words, context)) ?? errorPages(codesInWords(words, context.texts), context);
}

/** Only here, not with the shell's own words: every start of every command would read them. */
const messageWords = { en: enMessages.message, ko: koMessages.message } as const;

/** What a pasted message of kubelet or a runtime means, or the label itself; undefined for what is neither. */
function labelFor(topic: string): Exclude<Label, 'other'> | undefined {
  const label = labels.find((one) => one === topic) ?? classify({ message: topic });
  return label === 'other' ? undefined : label;
}

function labelPage(topic: string, context: CommandContext): string | undefined {
  const label = labelFor(topic);
  if (label === undefined) return undefined;
  const { language, t } = context.texts;
  const { title, cause, next } = messageWords[language][label];
  return shortPage({ head: t('explain.messageHead', { label, title }), causes: [cause], next: [next] }, context);
}

function errorPages(codes: readonly ErrorCode[], context: CommandContext): string | undefined {
  return codes.length === 0 ? undefined : codes.map((code) => errorPage(code, context)).join('\n');
}

/** An error's words with their placeholders still in: they stand for what the error names when it happens. */
function errorPage(code: ErrorCode, context: CommandContext): string {
  const { language, t } = context.texts;
  const said = Object.entries(errorTexts(language)[code]);
  const sentences = (part: 'cause' | 'next'): readonly string[] => [
    ...new Set(said.flatMap(([key, text]) => (key.split('_', 1)[0] === part ? [placeholders(text)] : []))),
  ];
  const head = t('explain.errorHead', { code, exit: catalogue[code].exit });
  return shortPage({ head, causes: sentences('cause'), next: sentences('next'), label: 'explain.cause' }, context);
}

const mostMatches = 5;

/** The shortest that says anything; of Korean two syllables do. */
const tellingWord = /^(?:.{3,}|.*\p{Script=Hangul}.+)$/u;

function wordsOf(topic: string): readonly string[] {
  return topic
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => tellingWord.test(word));
}

/** Those whose words hold all of the topic's. */
function codesInWords(words: readonly string[], texts: Texts): readonly ErrorCode[] {
  return Object.keys(catalogue)
    .filter(isErrorCode)
    .filter((code) => holdsAll(words, code, texts))
    .slice(0, mostMatches);
}

/** The code itself, also within a message; else those whose message this is. */
function ownCodes(topic: string): readonly ErrorCode[] {
  const named = [topic.toUpperCase(), ...(topic.match(/\b[A-Z]+(?:_[A-Z0-9]+)+\b/g) ?? [])].filter(isErrorCode);
  if (named.length > 0) return [...new Set(named)];
  const codes = Object.keys(catalogue).filter(isErrorCode);
  const said = codes.filter((code) =>
    languages.some((language) => isMessage(topic, errorText(language, code, {}).cause)),
  );
  // The more of a message is not a placeholder, the less likely it fits by chance.
  return said.toSorted((a, b) => fixedWords(b) - fixedWords(a)).slice(0, mostMatches);
}

function fixedWords(code: ErrorCode): number {
  return errorText('en', code, {}).cause.replaceAll(/\{\{\w+\}\}/g, '').length;
}

/** Whether a text that was copied from a screen is this template with its placeholders filled. */
function isMessage(topic: string, template: string): boolean {
  // A template that is one placeholder and little else would match everything.
  if (template.replaceAll(/\{\{\w+\}\}/g, '').trim().length < 8) return false;
  const pattern = template
    .split(/\{\{\w+\}\}/)
    .map((part) => RegExp.escape(part.trim()))
    .join('.*');
  return new RegExp(pattern, 'i').test(topic.replaceAll(/\s+/g, ' '));
}

function holdsAll(words: readonly string[], code: ErrorCode, texts: Texts): boolean {
  const { cause, next } = texts.error(code, {});
  const said = `${code} ${cause} ${next}`.toLowerCase();
  return words.every((word) => said.includes(word));
}
