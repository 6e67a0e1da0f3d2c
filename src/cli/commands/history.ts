import { Command, Option } from 'commander';
import { listNodeRuns, listRuns, type NodeRuns } from '../../engine/history.ts';
import { journalStore } from '../../engine/journal/journal-store.ts';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import type { RunStory } from '../../engine/run-journal.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened } from '../collect.ts';
import { documentFormats, outputOption, withAccess, withCommon, withTargets, type AccessOptions, type TargetOptions } from '../options.ts';
import { inFormat, type OutputFormat } from '../render/in-format.ts';
import { renderHistory, type HistoryRow } from '../render/history.ts';
import { contextFor } from '../render/render-context.ts';
import { withoutNode } from '../render/without-node.ts';
import { openSession } from '../session.ts';
import type { Texts } from '../text.ts';

interface HistoryOptions extends TargetOptions, AccessOptions {
  readonly output: OutputFormat;
  readonly fromNodes?: boolean;
}

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('history').summary(t('command.history.summary')).description(t('command.history.description'));
  return withAccess(withTargets(withCommon(command, t), t), t)
    .addOption(new Option('--from-nodes', t('option.fromNodes')))
    .addOption(outputOption(t, documentFormats))
    .action((options: HistoryOptions) => run((context) => history(context, options)));
}

async function history(context: CommandContext, options: HistoryOptions): Promise<number> {
  const here = await listRuns(journalStore(runsFolder(context.environment)));
  const { data } = context.output;
  const asked = options.fromNodes === true || options.hosts !== undefined || options.via !== undefined;
  const nodes = asked ? await nodeRuns(context, options) : undefined;
  const text = await inFormat(options.output, {
    document: () => ({ runs: here, ...(nodes ? { nodes } : {}) }),
    table: () => renderHistory(nodes ? withNodeRuns(here, nodes) : here.map(rowOf), contextFor(data, context.texts)),
  });
  data.write(text);
  for (const { node, detail } of nodes?.unknown ?? []) context.output.notes.write(`${context.texts.t('history.unknown', { node, detail: withoutNode(detail, node) })}\n`);
  return exitOf(nodes);
}

/** A node that could not be asked may know of a run that nobody else does. */
function exitOf(nodes: NodeRuns | undefined): 0 | 5 {
  return nodes && nodes.unknown.length > 0 ? 5 : 0;
}

async function nodeRuns(context: CommandContext, options: HistoryOptions): Promise<NodeRuns> {
  const session = await openSession(context, options, 'history');
  return withOpened(session, async ({ api, transport }) => {
    if (!transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'history --from-nodes' });
    const { targets } = await session.findNodes(api, context.interrupt);
    return listNodeRuns({ transport, targets, concurrency: session.configuration.ssh?.concurrency ?? 32, signal: context.interrupt });
  });
}

function rowOf({ run, kind, state, verdict, nodes, owner }: RunStory): HistoryRow {
  const words = state === 'running' ? 'running' : state === 'ended' ? (verdict ?? 'unfinished') : 'unfinished';
  return { run, kind, state: kind === 'undo' && words === 'done' ? 'undone' : words, nodes: nodes.length, owner };
}

/** Phases in which nothing is left to do on a node. */
const settled: ReadonlySet<string> = new Set(['committed', 'kept', 'undone']);

/** What this machine does not know is told by the nodes' own records. */
function withNodeRuns(here: readonly RunStory[], { runs }: NodeRuns): readonly HistoryRow[] {
  const known = new Set(here.map(({ run }) => run));
  const elsewhere = [...Map.groupBy(runs.filter(({ run }) => !known.has(run)), ({ run }) => run)].map(([run, records]): HistoryRow => {
    const phases = records.flatMap((record) => record.phases);
    const state = phases.every((phase) => phase === 'undone') ? 'undone' : phases.every((phase) => settled.has(phase)) ? 'done' : 'unfinished';
    return { run, kind: 'apply', state, nodes: records.length, owner: [...new Set(records.map(({ owner }) => owner))].join(', ') };
  });
  return [...here.map(rowOf), ...elsewhere].toSorted((a, b) => (a.run < b.run ? 1 : -1));
}
