import { Command, Option } from 'commander';
import { defaultLease } from '../../engine/default-lease.ts';
import { listClusterRuns, listNodeRuns, listRuns, type ClusterRuns, type NodeRuns } from '../../engine/history.ts';
import { journalStore } from '../../engine/journal/journal-store.ts';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened } from '../../app/evidence/collect.ts';
import { documentFormats, outputOption, withAccess, withCommon, withTargets } from '../options/shared.ts';
import { inFormat } from '../render/in-format.ts';
import { historyRows } from '../../app/runs/history-rows.ts';
import { renderHistory } from '../render/history.ts';
import { contextFor } from '../render/render-context.ts';
import { withoutNode } from '../render/without-node.ts';
import { openSession } from '../../app/session/session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { AccessOptions, TargetOptions } from '../options/session-options.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';

interface HistoryOptions extends TargetOptions, AccessOptions {
  readonly output: OutputFormat;
  readonly fromNodes?: boolean;
  readonly fromCluster?: boolean;
}

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('history')
    .summary(t('command.history.summary'))
    .description(t('command.history.description'));
  return withAccess(withTargets(withCommon(command, t), t), t)
    .addOption(new Option('--from-nodes', t('option.fromNodes')))
    .addOption(new Option('--from-cluster', t('option.fromCluster')))
    .addOption(outputOption(t, documentFormats))
    .action((options: HistoryOptions) => run((context) => history(context, options)));
}

async function history(context: CommandContext, options: HistoryOptions): Promise<number> {
  const here = await listRuns(journalStore(runsFolder(context.environment)));
  const { data, notes } = context.output;
  const { nodes, cluster } = await recordsElsewhere(context, options);
  const text = await inFormat(options.output, {
    document: () => ({ runs: here, ...(nodes ? { nodes } : {}), ...(cluster ? { cluster } : {}) }),
    table: () =>
      renderHistory(historyRows(here, nodes?.runs ?? [], cluster?.runs ?? []), contextFor(data, context.texts)),
  });
  data.write(text);
  const unknown = [
    ...(nodes?.unknown ?? []).map(({ node, detail }) =>
      context.texts.t('history.unknown', { node, detail: withoutNode(detail, node) }),
    ),
    ...(cluster?.unknown ?? []).map(({ code, detail }) => `${detail} [${code}]`),
  ];
  for (const words of unknown) notes.write(`${words}\n`);
  // Who could not be asked, or understood, may know of a run that nobody else does.
  return unknown.length > 0 ? 5 : 0;
}

interface Elsewhere {
  readonly nodes: NodeRuns | undefined;
  readonly cluster: ClusterRuns | undefined;
}

async function recordsElsewhere(context: CommandContext, options: HistoryOptions): Promise<Elsewhere> {
  const asked = options.fromNodes === true || options.hosts !== undefined || options.via !== undefined;
  return {
    nodes: asked ? await nodeRuns(context, options) : undefined,
    cluster: options.fromCluster ? await clusterRuns(context, options) : undefined,
  };
}

async function clusterRuns(context: CommandContext, options: HistoryOptions): Promise<ClusterRuns> {
  const session = await openSession(context, options, 'history');
  const { leaseNamespace: namespace } = session.configuration;
  return withOpened(session, async ({ api }) =>
    listClusterRuns(
      { ...(api ? { api } : {}), ...(namespace === undefined ? {} : { lease: { ...defaultLease, namespace } }) },
      context.interrupt,
    ),
  );
}

async function nodeRuns(context: CommandContext, options: HistoryOptions): Promise<NodeRuns> {
  const session = await openSession(context, options, 'history');
  return withOpened(session, async ({ api, transport }) => {
    if (!transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'history --from-nodes' });
    const { targets } = await session.findNodes(api, context.interrupt);
    return listNodeRuns({
      transport,
      targets,
      concurrency: session.configuration.ssh?.concurrency ?? 32,
      signal: context.interrupt,
    });
  });
}
