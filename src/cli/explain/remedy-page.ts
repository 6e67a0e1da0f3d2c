import { loadProblems } from '../../problems/catalogue-entry.ts';
import { problemCatalogue } from '../../problems/index.ts';
import { createTranslator } from '../../locales/translator.ts';
import type { CommandContext } from '../command-context.ts';
import { shortPage } from './short-page.ts';

/** What a remedy does, by the id that `--remedy` takes; undefined for what is none. */
export async function remedyPage(topic: string, context: CommandContext): Promise<string | undefined> {
  const { language, t } = context.texts;
  const having = problemCatalogue.filter(({ meta }) => meta.remedies?.includes(topic));
  const pages = (await loadProblems(having)).map(({ meta, texts }) => {
    const problem = meta.id;
    return shortPage(
      {
        head: t('explain.messageHead', { label: topic, title: t('explain.remedyOf', { problem }) }),
        causes: [createTranslator(language, texts[language]).text(`remedies.${topic}`)],
        next: [t('explain.remedyNext', { problem, remedy: topic })],
        label: 'explain.does',
      },
      context,
    );
  });
  return pages.length === 0 ? undefined : pages.join('\n');
}
