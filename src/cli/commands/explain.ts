import { Option, type Command } from 'commander';
import { inNamedLanguage } from '../../app/configuration/named-language.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CatalogueEntry } from '../../problems/catalogue-entry.ts';
import { problemCatalogue } from '../../problems/index.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { namedCommand } from '../options/shared.ts';
import { renderPage } from '../render/page.ts';
import { contextFor } from '../render/render-context.ts';
import { wrapSentence } from '../render/wrap.ts';

export function define({ t }: Texts, run: RunCommand): Command {
  return namedCommand('explain', t)
    .argument('[topic...]', t('argument.topic'))
    .addOption(new Option('--message <file>', t('option.message')).conflicts('reference'))
    .option('--reference <file>', t('option.reference'))
    .action((words: readonly string[], options: ExplainOptions) =>
      run(async (context) => explain(await inNamedLanguage(context, options), words, options)),
    );
}

interface ExplainOptions {
  readonly config?: string;
  readonly message?: string;
  readonly reference?: string;
}

async function explain(
  context: CommandContext,
  words: readonly string[],
  { message, reference }: ExplainOptions,
): Promise<number> {
  if ((reference ?? message) !== undefined && words.length > 0)
    throw new NodemendError('USAGE', { context: 'excess', command: 'explain' });
  if (reference !== undefined)
    return (await import('../explain/explain-references.ts')).explainReferences(context, reference);
  if (message !== undefined) return (await import('../explain/explain-messages.ts')).explainMessages(context, message);
  if (words.length === 0) throw new NodemendError('USAGE', { context: 'argument', command: 'explain', typed: 'topic' });
  const topic = words.join(' ').trim();
  const problem = problemCatalogue.find(({ meta }) => meta.id === topic);
  // A problem's page is there at once: what else a word may be takes much more to know.
  if (problem === undefined) return (await import('../explain/explain-topic.ts')).explainTopic(context, topic);
  context.output.data.write(await problemPage(problem, context));
  return 0;
}

async function problemPage({ meta, page: pages }: CatalogueEntry, { output, texts }: CommandContext): Promise<string> {
  const page = renderPage(await pages[texts.language](), contextFor(output.data, texts));
  const guide = wrapSentence(texts.t('explain.guide', { section: meta.guideSection }), output.data.width);
  return `${page}\n${guide.join('\n')}\n`;
}
