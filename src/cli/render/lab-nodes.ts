import type { LabStatus } from '../../../lab/lab-status.ts';
import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import { renderColumns, type Cell } from './columns.ts';
import type { RenderContext } from './render-context.ts';

type LabNode = LabStatus['nodes'][number];

/** A line for each kind of node, so that 300 of them are as short as 3. */
export function renderLabGroups(nodes: readonly LabNode[], context: RenderContext): string {
  const { t } = context.texts;
  const columns = [
    { header: t('column.nodes'), atLeast: 12 },
    { header: t('column.runtime') },
    { header: t('column.state') },
  ];
  const kinds = [
    ...Map.groupBy(nodes, ({ group, runtime, running }) => JSON.stringify([group, runtime, running])).values(),
  ];
  const rows = kinds.flatMap((members) => {
    const [first] = members;
    return first
      ? [[{ text: foldNodes(members.map(({ name }) => name)) }, { text: first.runtime }, stateCell(first, context)]]
      : [];
  });
  return table(columns, rows, context);
}

/**
 * A line for each node. Its name says its group; on a narrow terminal what can be missed is left out, and no name is
 * cut.
 */
export function renderLabNodes(nodes: readonly LabNode[], context: RenderContext): string {
  const { t } = context.texts;
  const columns = [
    { header: t('column.name') },
    { header: t('column.login') },
    { header: t('column.runtime'), optional: true },
    { header: t('column.state') },
  ];
  const rows = nodes.map((node) => [
    { text: node.name },
    { text: `${node.user}@${node.address}:${node.port}` },
    { text: node.runtime },
    stateCell(node, context),
  ]);
  return table(columns, rows, context);
}

function stateCell({ running }: LabNode, { texts: { t } }: RenderContext): Cell {
  return running ? { text: t('lab.running') } : { text: t('lab.stopped'), tone: 'fail' };
}

function table(
  columns: Parameters<typeof renderColumns>[0],
  rows: Parameters<typeof renderColumns>[1],
  { paint, width }: RenderContext,
): string {
  return renderColumns(columns, rows, paint, width)
    .map((line) => `${line}\n`)
    .join('');
}
