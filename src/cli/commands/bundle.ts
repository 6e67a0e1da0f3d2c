import { Option, type Command } from 'commander';
import { saveBundle } from '../../app/evidence/save-bundle.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import { knownProblems } from '../../app/problems/known-problem.ts';
import { collectingCommand, collectWords } from '../options/shared.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { openSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { SessionOptions } from '../options/session-options.ts';

interface BundleOptions extends SessionOptions {
  readonly only?: readonly string[];
  readonly out: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  return collectingCommand('bundle', t)
    .addOption(new Option('--only <problem>', t('option.only')).argParser(collectWords))
    .addOption(new Option('--out <file>', t('option.bundleOut')).makeOptionMandatory())
    .action((options: BundleOptions) => run((context) => bundle(context, options)));
}

async function bundle(given: CommandContext, options: BundleOptions): Promise<number> {
  const context = await withProblems(given, knownProblems(options.only ?? [], 'bundle'));
  const session = await openSession(context, options, 'bundle');
  const evidence = await saveBundle({ session, asked: context.problems, file: options.out }, context);
  const { t } = session.texts;
  const unread = evidence.nodes.filter(({ access }) => access.state === 'unknown').length;
  const { data } = context.output;
  data.write(
    `${t('bundleWritten.line', { path: options.out, nodes: t('count.nodes', { count: evidence.nodes.length }) })}\n`,
  );
  if (unread > 0) data.write(`${t('bundleWritten.unknown', { count: unread })}\n`);
  data.write(`${t('next')} ${commandLine(['nodemend', 'diagnose', '--bundle', options.out])}\n`);
  return unread > 0 ? 5 : 0;
}
