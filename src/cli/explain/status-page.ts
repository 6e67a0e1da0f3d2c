import enMessages from '../../locales/en/messages.json' with { type: 'json' };
import koMessages from '../../locales/ko/messages.json' with { type: 'json' };
import { statusOf } from '../../messages/status-word.ts';
import type { CommandContext } from '../command-context.ts';
import { shortPage } from './short-page.ts';

/** Only here, not with the shell's own words: every start of every command would read them. */
const words = { en: enMessages.status, ko: koMessages.status } as const;

/** What a word that kubectl or nodemend prints as a status means; undefined for what is none. */
export function statusPage(topic: string, context: CommandContext): string | undefined {
  const status = statusOf(topic);
  if (status === undefined) return undefined;
  const { language, t } = context.texts;
  const { title, cause, next } = words[language][status.entry];
  const head = t('explain.messageHead', { label: status.word, title });
  return shortPage({ head, causes: [cause], next: [next] }, context);
}
