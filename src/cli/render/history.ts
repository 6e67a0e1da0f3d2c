import type { HistoryRow } from '../../app/runs/history-rows.ts';
import { renderColumns, type Cell } from './columns.ts';
import type { Tone } from './paint.ts';
import { joinBlocks, type RenderContext } from './render-context.ts';

const tones: Readonly<Record<HistoryRow['state'], Tone>> = {
  done: 'ok',
  undone: 'quiet',
  running: 'place',
  unfinished: 'warn',
  partly: 'warn',
  'stopped-and-restored': 'fail',
  refused: 'fail',
  damaged: 'unknown',
};

/**
 * Past runs, as they are given (the newest first); with `width` undefined nothing is cut. @param asked of whom: where of
 * nobody but this machine, others may know of runs
 */
export function renderHistory(
  rows: readonly HistoryRow[],
  { texts, paint, width }: RenderContext,
  asked: 'here' | 'elsewhere' = 'elsewhere',
): string {
  const { t } = texts;
  if (rows.length === 0 && asked === 'here')
    return joinBlocks([
      [t('history.noneHere')],
      [`${paint('place', t('next'))} nodemend history --from-nodes --via ssh`],
    ]);
  if (rows.length === 0) return `${t('history.none')}\n`;
  // Most runs change nodes alone.
  const withObjects = rows.some(({ objects }) => objects > 0);
  const columns = [
    { header: t('column.run') },
    { header: t('column.what') },
    { header: t('column.state') },
    { header: t('column.nodes'), align: 'right' },
    ...(withObjects ? [{ header: t('column.objects'), align: 'right' } as const] : []),
    { header: t('column.owner'), atLeast: 6 },
  ] as const;
  const cells = (row: HistoryRow): readonly Cell[] => [
    { text: row.run },
    { text: t(`run.kind.${row.kind}`) },
    { text: t(`history.state.${row.state}`), tone: tones[row.state] },
    { text: String(row.nodes) },
    ...(withObjects ? [{ text: String(row.objects) }] : []),
    { text: row.owner },
  ];
  return joinBlocks([renderColumns(columns, rows.map(cells), paint, width)]);
}
