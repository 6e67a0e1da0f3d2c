import { Option, type Command } from 'commander';
import type { ClusterRuns, NodeRuns } from '../../engine/history.ts';
import { runsHere, runsOfCluster, runsOfNodes } from '../../app/runs/history.ts';
import type { Session } from '../../app/session/session.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { documentFormats, nodesCommand, outputOption } from '../options/shared.ts';
import { inFormat } from '../render/in-format.ts';
import { historyRows } from '../../app/runs/history-rows.ts';
import { renderHistory } from '../render/history.ts';
import { contextFor } from '../render/render-context.ts';
import { withoutNode } from '../render/without-node.ts';
import { openSession } from '../options/open-session.ts';
import { accessChoice, nodeChoice, requireNone } from '../options/without-effect.ts';
import { inNamedLanguage } from '../../app/configuration/named-language.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { NodesOptions } from '../options/session-options.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';

interface HistoryOptions extends NodesOptions {
  readonly output: OutputFormat;
  readonly fromNodes?: boolean;
  readonly fromCluster?: boolean;
}

export function define({ t }: Texts, run: RunCommand): Command {
  return nodesCommand('history', t)
    .addOption(new Option('--from-nodes', t('option.fromNodes')))
    .addOption(new Option('--from-cluster', t('option.fromCluster')).conflicts('hosts'))
    .addOption(outputOption(t, [...documentFormats, 'name']))
    .action((options: HistoryOptions) =>
      run(async (context) => history(await inNamedLanguage(context, options), options)),
    );
}

async function history(context: CommandContext, options: HistoryOptions): Promise<number> {
  const here = await runsHere(context);
  const { data, notes } = context.output;
  const { nodes, cluster } = await recordsElsewhere(context, options);
  const text = await inFormat(options.output, {
    document: () => ({
      schema: 'nodemend.dev/history/v1',
      runs: here,
      ...(nodes ? { nodes } : {}),
      ...(cluster ? { cluster } : {}),
    }),
    // As verify, undo and resume take them.
    names: () => historyRows(here, nodes?.runs ?? [], cluster?.runs ?? []).map(({ run }) => run),
    table: () =>
      renderHistory(
        historyRows(here, nodes?.runs ?? [], cluster?.runs ?? []),
        contextFor(data, context.texts),
        (nodes ?? cluster) === undefined ? 'here' : 'elsewhere',
      ),
  });
  data.write(text);
  const { t, error } = context.texts;
  const unknown = [
    ...(nodes?.unknown ?? []).map(({ node, code, params = {}, detail }) => {
      const words = code === undefined ? detail : error(code, params).cause;
      return t('history.unknown', { node, detail: withoutNode(words, node) });
    }),
    ...(cluster?.unknown ?? []).map(({ code, params }) => `${error(code, params).cause} [${code}]`),
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
  const open = (): Promise<Session> => openSession(context, options, 'history');
  const asked = options.fromNodes === true || options.hosts !== undefined || options.via !== undefined;
  if (!asked) {
    requireNone(options, [...nodeChoice, ...accessChoice], {
      context: 'needs',
      command: 'history',
      other: '--from-nodes',
    });
    if (!options.fromCluster)
      requireNone(options, ['kubeconfig', 'context'], {
        context: 'needs',
        command: 'history',
        other: '--from-cluster',
      });
  }
  return {
    nodes: asked ? await runsOfNodes(await open(), 'history --from-nodes', context) : undefined,
    cluster: options.fromCluster ? await runsOfCluster(await open(), context) : undefined,
  };
}
