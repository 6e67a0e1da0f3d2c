import { Option, type Command } from 'commander';
import type { PruneFound } from '../../engine/prune.ts';
import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import { prunableIn, prune } from '../../app/runs/prune.ts';
import { approve } from '../prompts/approve.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { nodesCommand } from '../options/shared.ts';
import { formatBytes } from '../../locales/quantity.ts';
import { printable } from '../../text/printable.ts';
import { knownError } from '../../errors/known-error.ts';
import { withoutNode } from '../render/without-node.ts';
import { allowedDisruptions, allowOption } from '../options/rollout.ts';
import { openSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { wholeNumber } from '../options/whole-number.ts';
import type { NodesOptions } from '../options/session-options.ts';

interface PruneOptions extends NodesOptions {
  readonly olderThan?: string;
  readonly allow?: readonly string[];
  readonly yes?: boolean;
}

const usualDays = 30;

export function define({ t }: Texts, run: RunCommand): Command {
  return nodesCommand('prune', t)
    .addOption(new Option('--older-than <days>', t('option.olderThan')))
    .addOption(allowOption(t))
    .addOption(new Option('--yes', t('option.yes')))
    .action((options: PruneOptions) => run((context) => pruneCommand(context, options)));
}

async function pruneCommand(context: CommandContext, options: PruneOptions): Promise<number> {
  const { olderThan = String(usualDays), allow = [], yes = false } = options;
  const session = await openSession(context, options, 'prune');
  const { texts } = session;
  const { data, notes } = context.output;
  const days = wholeNumber(olderThan, { option: '--older-than', from: 0, to: 36_500 }, 'prune');
  const copies = allowedDisruptions(allow, 'prune').includes('discard');
  const words = ['prune', '--older-than', String(days), ...(copies ? ['--allow', 'discard'] : [])];
  const { found, gone, exitCode } = await prune(
    {
      session,
      days,
      copies,
      approve: async (prunable, count) => {
        data.write(lines(prunable, texts));
        const question = texts.t('prune.question', { count });
        await approve({ question, command: [...words, ...session.repeat], yes }, session, context);
      },
    },
    context,
  );
  if (gone === undefined) {
    data.write(`${lines(found, texts)}${texts.t('prune.none', { days })}\n`);
    return exitCode;
  }
  notes.write(lines({ nodes: [], unknown: gone.unknown }, texts));
  data.write(`${texts.t('prune.done', { done: prunableIn(gone), count: prunableIn(found) })}\n`);
  return exitCode;
}

/** A line for each run, with the nodes on which it lies. */
function lines({ nodes, unknown }: PruneFound, { t, error: wordsOf }: Texts): string {
  const all = nodes.flatMap(({ node, prunable }) => prunable.map((one) => ({ node, ...one })));
  const runs = [...Map.groupBy(all, ({ run, what }) => `${run} ${what}`).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const size = formatBytes(group.reduce((sum, one) => sum + one.bytes, 0));
    const days = Math.min(...group.map((one) => one.days));
    const where = foldNodes(group.map(({ node }) => node));
    return [t(`prune.${first.what}`, { run: printable(first.run), days, size, nodes: printable(where) })];
  });
  const unasked = unknown.map(({ node, error }) => {
    const { code, params } = knownError(error);
    return t('history.unknown', { node, detail: withoutNode(wordsOf(code, params).cause, node) });
  });
  return [...runs.toSorted(), ...unasked].map((line) => `${line}\n`).join('');
}
