/** Narrower than any terminal. */
const leastWidth = 40;

const widthOf = (lines: readonly string[]): number =>
  lines.reduce((longest, { length }) => Math.max(longest, length), 0);

/**
 * A terminal breaks a line at its last column, in the midst of a word: of what is copied from it, most lines are as
 * long as the longest.
 */
function isCutAtColumn(lines: readonly string[], width: number): boolean {
  const full = lines.filter(({ length }) => length === width);
  // Log lines of one failure are equally long too, because they are the same.
  return width >= leastWidth && new Set(full).size > 1 && full.length * 2 >= lines.length - 1;
}

/** Breaks at a column taken out; those between words, or between messages, stay. */
function joinedAtColumn(lines: readonly string[]): string {
  const width = widthOf(lines);
  if (!isCutAtColumn(lines, width)) return lines.join('\n');
  return lines.map((line) => (line.length === width ? line : `${line}\n`)).join('');
}

/** Without the frame that k9s draws around what it shows. */
const unframed = (line: string): string => line.replace(/^\s*│ ?/, '').replace(/ ?│\s*$/, '');

/** How a message may have been meant that was copied from a screen, the likeliest first. */
export function readingsOf(message: string): readonly string[] {
  const lines = message.split(/\r?\n/).map(unframed);
  if (lines.length < 2) return [message];
  return [joinedAtColumn(lines), lines.join('')];
}
