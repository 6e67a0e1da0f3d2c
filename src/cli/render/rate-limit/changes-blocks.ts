import type { AddressChange } from '../../../engine/rate-limit/address-changes.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { RateLimitReport } from '../../../engine/rate-limit/report.ts';
import { renderColumns, type Cell } from '../columns.ts';
import type { Tone } from '../paint.ts';
import type { RenderContext } from '../render-context.ts';

const tones: Readonly<Record<AddressChange['state'], Tone>> = {
  changed: 'ok',
  shared: 'fail',
  own: 'ok',
  unknown: 'unknown',
};

/** What became of the addresses since an earlier answer; nodes with the same result are one row. */
export function changesBlocks(
  { changes = [] }: RateLimitReport,
  { texts: { t }, paint, width }: RenderContext,
): readonly (readonly string[])[] {
  if (changes.length === 0) return [];
  const same = Map.groupBy(changes, ({ before, now, state }) => JSON.stringify([before, now, state]));
  const rows = [...same.values()].flatMap((members): readonly (readonly Cell[])[] => {
    const [first] = members;
    if (first === undefined) return [];
    const { before = '?', now = '?', state } = first;
    return [
      [
        { text: foldNodes(members.map(({ node }) => node)) },
        { text: before },
        { text: now },
        { text: t(`rateLimit.change.${state}`), tone: tones[state] },
      ],
    ];
  });
  const columns = [
    { header: t('column.nodes'), atLeast: 12 },
    { header: t('column.before') },
    { header: t('column.now') },
    { header: t('column.address') },
  ] as const;
  return [renderColumns(columns, rows, paint, width)];
}
