import { Option, type Command } from 'commander';
import type { Texts } from '../../app/texts/texts.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { problemCatalogue } from '../../problems/index.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { problemPage } from '../explain/problem-page.ts';
import { namedCommand } from '../options/shared.ts';

export function define({ t }: Texts, run: RunCommand): Command {
  return namedCommand('explain', t)
    .argument('[topic...]', t('argument.topic'))
    .addOption(new Option('--message <file>', t('option.message')).conflicts('reference'))
    .option('--reference <file>', t('option.reference'))
    .action((words: readonly string[], options: ExplainOptions) =>
      run(async (context) => explain(await inAskedLanguage(context, options), words, options)),
    );
}

interface ExplainOptions {
  readonly config?: string;
  readonly message?: string;
  readonly reference?: string;
}

/** Of a configuration only where one is named; what reads it is loaded then. */
async function inAskedLanguage(context: CommandContext, options: ExplainOptions): Promise<CommandContext> {
  if (options.config === undefined) return context;
  return (await import('../../app/configuration/named-language.ts')).inNamedLanguage(context, options);
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
  if (words.length === 0) {
    context.output.data.write((await import('../explain/guide-page.ts')).guidePage(context));
    return 0;
  }
  const topic = words.join(' ').trim();
  const [id, part, ...more] = topic.split(/\s+/);
  const problem = problemCatalogue.find(({ meta }) => meta.id === id);
  // A problem's page is there at once: what else a word may be takes much more to know.
  const page = problem && more.length === 0 ? await problemPage(problem, part, context) : undefined;
  if (page === undefined) return (await import('../explain/explain-topic.ts')).explainTopic(context, topic);
  context.output.data.write(page);
  return 0;
}
