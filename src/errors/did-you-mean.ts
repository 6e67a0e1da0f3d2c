/**
 * The known name that was probably meant, or undefined when none is near enough: a suggestion that does not help sends
 * people the wrong way. Case, `-` and `_` do not count, so that `known-hosts` finds `knownHosts`.
 */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  const [nearest] = byCloseness(typed, known);
  if (nearest === undefined) return undefined;
  // A third of the letters may be wrong; in three letters or fewer, one.
  const allowed = Math.max(1, Math.floor(typed.length / 3));
  return editDistance(plain(typed), plain(nearest)) <= allowed ? nearest : undefined;
}

/** The known names, the most similar to what was typed first. Equal distances keep their order. */
export function byCloseness(typed: string, known: readonly string[]): readonly string[] {
  const ranked = known.map((name) => ({ name, distance: editDistance(plain(typed), plain(name)) }));
  return ranked.toSorted((a, b) => a.distance - b.distance).map(({ name }) => name);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (Damerau-Levenshtein, in the
 * restricted form that edits no letter twice). A swap counts once: it is the most common slip of fast fingers.
 */
export function editDistance(a: string, b: string): number {
  // distances[row][column]: between the first `row` letters of a and the first `column` letters of b.
  const distances: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => distances[row]?.[column] ?? Infinity;
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    distances.push(current);
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = at(row - 1, column - 1) + Number(a[row - 1] !== b[column - 1]);
      const swapped = isSwap(a, b, row, column) ? at(row - 2, column - 2) + 1 : Infinity;
      current.push(Math.min(replaced, swapped, at(row - 1, column) + 1, at(row, column - 1) + 1));
    }
  }
  return at(a.length, b.length);
}

function isSwap(a: string, b: string, row: number, column: number): boolean {
  return row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
}
