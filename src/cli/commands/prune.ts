import { Command, Option } from 'commander';
import { findPrunable, pruneFound, type PruneFound, type PruneRequest } from '../../engine/prune.ts';
import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { approve } from '../prompts/approve.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened } from '../../app/evidence/collect.ts';
import { withAccess, withCommon, withTargets } from '../options/shared.ts';
import { printable } from '../../text/printable.ts';
import { withoutNode } from '../render/without-node.ts';
import { allowedDisruptions, allowOption } from '../../app/runs/run-world.ts';
import { openSession, type Session } from '../../app/session/session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { wholeNumber } from '../options/whole-number.ts';
import type { AccessOptions, TargetOptions } from '../options/session-options.ts';

interface PruneOptions extends TargetOptions, AccessOptions {
  readonly olderThan?: string;
  readonly allow?: readonly string[];
  readonly yes?: boolean;
}

const usualDays = 30;

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('prune').summary(t('command.prune.summary')).description(t('command.prune.description'));
  return withAccess(withTargets(withCommon(command, t), t), t)
    .addOption(new Option('--older-than <days>', t('option.olderThan')))
    .addOption(allowOption(t))
    .addOption(new Option('--yes', t('option.yes')))
    .action((options: PruneOptions) => run((context) => prune(context, options)));
}

async function prune(context: CommandContext, options: PruneOptions): Promise<number> {
  const { olderThan = String(usualDays), allow = [] } = options;
  const session = await openSession(context, options, 'prune');
  return withOpened(session, async ({ api, transport }) => {
    if (!transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'prune' });
    const { targets } = await session.findNodes(api, context.interrupt);
    const request: PruneRequest = {
      transport,
      targets,
      days: wholeNumber(olderThan, { option: '--older-than', from: 0, to: 36_500 }, 'prune'),
      copies: allowedDisruptions(allow, 'prune').includes('discard'),
      concurrency: session.configuration.ssh?.concurrency ?? 32,
      signal: context.interrupt,
    };
    return carryOut(request, { session, context, options });
  });
}

interface Place {
  readonly session: Session;
  readonly context: CommandContext;
  readonly options: PruneOptions;
}

async function carryOut(request: PruneRequest, { session, context, options }: Place): Promise<number> {
  const { t } = session.texts;
  const { data, notes } = context.output;
  const found = await findPrunable(request);
  data.write(lines(found, session.texts));
  const count = found.nodes.reduce((sum, { prunable }) => sum + prunable.length, 0);
  if (count === 0) {
    data.write(`${t('prune.none', { days: request.days })}\n`);
    return found.unknown.length > 0 ? 6 : 0;
  }
  const words = ['prune', '--older-than', String(request.days), ...(request.copies ? ['--allow', 'discard'] : [])];
  await approve(
    { question: t('prune.question', { count }), command: [...words, ...session.repeat], yes: options.yes === true },
    session,
    context,
  );
  const gone = await pruneFound(request, found);
  const done = gone.nodes.reduce((sum, { prunable }) => sum + prunable.length, 0);
  notes.write(lines({ nodes: [], unknown: gone.unknown }, session.texts));
  data.write(`${t('prune.done', { done, count })}\n`);
  return done === count && found.unknown.length === 0 ? 0 : 6;
}

/** A line for each run, with the nodes on which it lies. */
function lines({ nodes, unknown }: PruneFound, { t }: Texts): string {
  const all = nodes.flatMap(({ node, prunable }) => prunable.map((one) => ({ node, ...one })));
  const runs = [...Map.groupBy(all, ({ run, what }) => `${run} ${what}`).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const bytes = group.reduce((sum, one) => sum + one.bytes, 0);
    const days = Math.min(...group.map((one) => one.days));
    const where = foldNodes(group.map(({ node }) => node));
    return [t(`prune.${first.what}`, { run: printable(first.run), days, bytes, nodes: printable(where) })];
  });
  const unasked = unknown.map(({ node, detail }) =>
    t('history.unknown', { node, detail: printable(withoutNode(detail, node)) }),
  );
  return [...runs.toSorted(), ...unasked].map((line) => `${line}\n`).join('');
}
