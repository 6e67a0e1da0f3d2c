import type { Paint, Tone } from './paint.ts';
import { printable } from '../../text/printable.ts';
import { displayWidth, padEnd, padStart, truncate } from './width.ts';

export interface Column {
  readonly header: string;
  readonly align?: 'right';
  /** Columns it may be cut down to when the table is wider than the terminal; without it, it is never cut. */
  readonly atLeast?: number;
  /** Left out altogether when the table is still too wide; the last such column goes first. */
  readonly optional?: boolean;
}

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

const gap = 2;

/**
 * A table as kubectl prints them: no lines, columns as wide as their widest cell. Where it is wider than `width`, the
 * widest column that may be cut gives way first, then those that can be missed; `undefined` never cuts.
 */
export function renderColumns(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
  width: number | undefined,
): readonly string[] {
  const header = columns.map((column): Cell => ({ text: column.header, tone: 'strong' }));
  const table = [header, ...rows.map((row) => row.map((cell) => ({ ...cell, text: printable(cell.text) })))];
  const natural = columns.map((_, index) =>
    table.reduce((widest, row) => Math.max(widest, displayWidth(row[index]?.text ?? '')), 0),
  );
  const widths = width === undefined ? natural : shrink(columns, natural, width);
  const missed = columns.findLastIndex(({ optional }) => optional);
  if (width !== undefined && missed !== -1 && total(widths) > width) {
    return renderColumns(
      columns.toSpliced(missed, 1),
      rows.map((row) => row.toSpliced(missed, 1)),
      paint,
      width,
    );
  }
  return table.map((row) => renderRow(columns, row, widths, paint));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + gap * (widths.length - 1);
}

/** Takes the surplus from the widest shrinkable columns, evenly, a column at a time. */
function shrink(columns: readonly Column[], natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  let surplus = total(widths) - width;
  while (surplus > 0) {
    const widest = columns
      .map((column, index) => ({ index, spare: (widths[index] ?? 0) - (column.atLeast ?? Number.POSITIVE_INFINITY) }))
      .filter(({ spare }) => spare > 0)
      .toSorted((a, b) => (widths[b.index] ?? 0) - (widths[a.index] ?? 0))[0];
    if (!widest) break;
    widths[widest.index] = (widths[widest.index] ?? 0) - 1;
    surplus -= 1;
  }
  return widths;
}

function renderRow(columns: readonly Column[], row: readonly Cell[], widths: readonly number[], paint: Paint): string {
  const cells = columns.map((column, index) => {
    const { text, tone } = row[index] ?? { text: '' };
    const width = widths[index] ?? 0;
    const shown = truncate(text, width);
    const painted = tone === undefined ? shown : paint(tone, shown);
    const space = displayWidth(shown);
    if (column.align === 'right') return padStart('', width - space) + painted;
    // The last column is not padded: trailing spaces wrap on narrow terminals and spoil diffs of saved output.
    return index === columns.length - 1 ? painted : painted + padEnd('', width - space);
  });
  return cells.join(' '.repeat(gap)).trimEnd();
}
