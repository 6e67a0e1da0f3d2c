/** Where a character stands: line and column from 1, columns in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Finds the places of many offsets of one text, whose lines are counted once. */
export function placesIn(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  // A byte order mark is not a column.
  const skipped = text.startsWith('\uFEFF') ? 1 : 0;
  return (offset) => {
    const line = lastAtMost(starts, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 - (line === 0 ? skipped : 0) };
  };
}

/** Index of the last number that is not larger; 0 where none is. */
function lastAtMost(sorted: readonly number[], most: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? Infinity) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}
