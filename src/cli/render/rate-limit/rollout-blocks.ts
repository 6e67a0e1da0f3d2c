import type { RolloutCost, WhatIf } from '../../../engine/rate-limit/what-if/what-if.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { isTooMuchIfNew, type RateLimitReport } from '../../../engine/rate-limit/report.ts';
import { renderColumns, type Cell, type Column } from '../columns.ts';
import type { Tone } from '../paint.ts';
import type { RenderContext } from '../render-context.ts';
import { wrapSentence } from '../wrap.ts';
import { sourceText } from './quota-blocks.ts';

/** What each rollout would cost whom, and what that number is. */
export function rolloutBlocks(
  { whatIfs = [] }: RateLimitReport,
  registry: string,
  context: RenderContext,
): readonly (readonly string[])[] {
  const {
    texts: { t },
    paint,
    width,
  } = context;
  const answered = whatIfs.filter((one) => 'costs' in one);
  const rows = answered.flatMap((one) => one.costs.map((cost) => costRow(one, cost, context)));
  const columns: readonly Column[] = [
    { header: t('column.rollout') },
    { header: t('column.source') },
    { header: t('column.pulls'), align: 'right' },
    { header: t('column.left'), align: 'right' },
    { header: t('column.ifNew'), align: 'right' },
    { header: t('column.nodes'), atLeast: 12 },
  ];
  const table = rows.length === 0 ? [] : renderColumns(columns, rows, paint, width);
  return [table, remarks(answered, registry, context).flatMap((remark) => wrapSentence(remark, width))];
}

function costRow(one: WhatIf, cost: RolloutCost, { texts: { t } }: RenderContext): readonly Cell[] {
  const { pulls, certain, ifNew, group, nodes } = cost;
  return [
    { text: rolloutText(one) },
    { text: group ? sourceText(group, t) : t('rateLimit.notAsked') },
    { text: certain === pulls ? String(pulls) : `${certain}–${pulls}`, tone: toneOf(cost) },
    { text: String(group?.remaining ?? '?') },
    { text: String(ifNew) },
    { text: foldNodes(nodes) },
  ];
}

function toneOf(cost: RolloutCost): Tone {
  if (cost.exhausts === undefined) return 'unknown';
  if (cost.exhausts) return 'fail';
  return isTooMuchIfNew(cost) ? 'warn' : 'ok';
}

function rolloutText({ rollout, replicas }: Pick<WhatIf, 'rollout' | 'replicas'>): string {
  return `${rollout.kind}/${rollout.name}${replicas === undefined ? '' : `=${replicas}`}`;
}

function remarks(answered: readonly WhatIf[], registry: string, { texts: { t } }: RenderContext): readonly string[] {
  const costs = answered.flatMap((one) => one.costs);
  const nothing = answered
    .filter((one) => one.costs.length === 0)
    .map((one) =>
      t(one.images.length === 0 ? 'rateLimit.rolloutFree' : 'rateLimit.rolloutNowhere', {
        rollout: rolloutText(one),
        namespace: one.namespace,
        registry,
      }),
    );
  return [
    ...nothing,
    ...(costs.length === 0 ? [] : [t('rateLimit.rolloutHow')]),
    ...(costs.some(({ pulls, certain }) => pulls !== certain) ? [t('rateLimit.rolloutUncertain')] : []),
    ...(costs.some(({ exhausts, group }) => exhausts === undefined && group === undefined)
      ? [t('rateLimit.rolloutUnasked')]
      : []),
    ...answered
      .filter(({ hasUnreadLogin }) => hasUnreadLogin)
      .map((one) => t('rateLimit.rolloutLogin', { rollout: rolloutText(one), namespace: one.namespace })),
  ];
}
