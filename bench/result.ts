import stringWidth from 'string-width';

/** One number of a bench. */
export interface BenchResult {
  readonly what: string;
  readonly measured: string;
  /** What it is held to, as people read it; absent where nothing is asked. */
  readonly bar?: string;
  /** Absent where nothing is asked. */
  readonly held?: boolean;
}

type Unit = '×' | 'MB' | 'KB' | 's' | 'ms CPU';

/** A number with the most that it may be, if anything. */
export function atMost(what: string, value: number, bar: number | undefined, unit: Unit): BenchResult {
  return bar === undefined
    ? { what, measured: quantity(value, unit) }
    : { what, measured: quantity(value, unit), bar: `≤ ${bar} ${unit}`, held: value <= bar };
}

/** A number with the least that it must be. */
export function atLeast(what: string, value: number, bar: number | undefined, unit: Unit): BenchResult {
  return bar === undefined
    ? { what, measured: quantity(value, unit) }
    : { what, measured: quantity(value, unit), bar: `≥ ${bar} ${unit}`, held: value >= bar };
}

function quantity(value: number, unit: Unit): string {
  return `${value.toFixed(unit === '×' || unit === 's' ? 2 : unit === 'ms CPU' ? 1 : 0)} ${unit}`;
}

/** One line each, in columns. */
export function renderResults(results: readonly BenchResult[]): string {
  const rows = results.map(({ what, measured, bar = '', held }) => [
    what,
    bar,
    measured,
    held === undefined ? '' : held ? 'pass' : 'FAIL',
  ]);
  const table = [['what', 'bar', 'measured', ''], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => stringWidth(row[column] ?? ''))));
  return table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell))))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** 0 when every bar is held. */
export function exitCodeOf(results: readonly BenchResult[]): number {
  return results.some(({ held }) => held === false) ? 1 : 0;
}
