/** Lines around a change that show where it is. */
const context = 3;

/**
 * The hunks of a unified diff between two texts whose lines are each other's, one for one: what a rewritten reference
 * leaves of a file. In linear time, which no diff of any two texts takes. What a line ends with besides the line feed is
 * a part of it.
 */
export function unifiedHunks(before: string, after: string): string {
  const [old, changed] = [before.split('\n'), after.split('\n')];
  const isEnded = old.at(-1) === '';
  const count = isEnded ? old.length - 1 : old.length;
  const differing = Array.from({ length: count }, (_, index) => index).filter((index) => old[index] !== changed[index]);
  const print = (mark: ' ' | '-' | '+', index: number): string => {
    const line = `${mark}${(mark === '+' ? changed : old)[index]}\n`;
    return index === count - 1 && !isEnded ? `${line}\\ No newline at end of file\n` : line;
  };
  return groups(differing)
    .map((group) => hunk(group, count, print))
    .join('');
}

/** Changes so near to each other that what is around them meets are one hunk. */
function groups(differing: readonly number[]): readonly (readonly number[])[] {
  const all: number[][] = [];
  for (const index of differing) {
    const last = all.at(-1);
    if (last && index - (last.at(-1) ?? 0) <= 2 * context + 1) last.push(index);
    else all.push([index]);
  }
  return all;
}

function hunk(
  group: readonly number[],
  count: number,
  print: (mark: ' ' | '-' | '+', index: number) => string,
): string {
  const first = Math.max(0, (group[0] ?? 0) - context);
  const end = Math.min(count, (group.at(-1) ?? 0) + context + 1);
  const differs = new Set(group);
  let [lines, added] = ['', ''];
  for (let index = first; index < end; index++) {
    if (differs.has(index)) {
      lines += print('-', index);
      added += print('+', index);
    } else {
      lines += added + print(' ', index);
      added = '';
    }
  }
  const place = `${first + 1},${end - first}`;
  return `@@ -${place} +${place} @@\n${lines}${added}`;
}
