import { canonicalName, isBelow, type ReplacementFault } from '../../registry/replacement.ts';
import { successorOf } from '../../registry/successor.ts';

/**
 * One line of the user's table of where images are kept: what stands below `from` is also below `to`, whole parts of a
 * path. Not how images are called: that is what nodes ask for.
 */
export interface KeptAt {
  readonly from: string;
  readonly to: string;
}

/** A line that cannot be used; `collision`: by it and an earlier one, two images would be looked for in one place. */
export interface WrongLine {
  readonly index: number;
  readonly key: 'from' | 'to';
  readonly written: string;
  readonly fault: Exclude<ReplacementFault, 'again' | 'inside'> | 'collision';
}

/** The table in canonical names, or the first line that is wrong. */
export function checkedNameMap(lines: readonly KeptAt[]): readonly KeptAt[] | WrongLine {
  const table: KeptAt[] = [];
  for (const [index, line] of lines.entries()) {
    const [from, to] = [canonicalName(line.from), canonicalName(line.to)];
    const wrong = (key: 'from' | 'to', fault: WrongLine['fault']): WrongLine => ({
      index,
      key,
      written: line[key],
      fault,
    });
    if ('fault' in from) return wrong('from', from.fault as WrongLine['fault']);
    if ('fault' in to) return wrong('to', to.fault as WrongLine['fault']);
    const read = { from: from.name, to: to.name };
    if (read.from === read.to) return wrong('to', 'same');
    if (table.some((other) => other.from === read.from)) return wrong('from', 'twice');
    if (table.some((other) => collide(read, other) || collide(other, read))) return wrong('to', 'collision');
    table.push(read);
  }
  return table;
}

/** Whether something below `outer.from` is kept where what is below `inner.from` is, and is not the same. */
function collide(inner: KeptAt, outer: KeptAt): boolean {
  if (!isBelow(inner.to, outer.to)) return false;
  return currentName(inner.from) !== currentName(outer.from + inner.to.slice(outer.to.length));
}

/**
 * What a repository is called today, where its registry has moved path for path (`k8s.gcr.io`): by both names it is the
 * same image.
 */
export function currentName(repository: string): string {
  const successor = successorOf(`${repository}/a`);
  return successor?.action === 'change' ? successor.reference.slice(0, -'/a'.length) : repository;
}

/** Where the table says that a repository is kept, the longest name counting; by today's name where its own is not there. */
export function keptAt(repository: string, table: readonly KeptAt[]): string | undefined {
  for (const name of new Set([repository, currentName(repository)])) {
    const [line] = table.filter(({ from }) => isBelow(name, from)).toSorted((a, b) => b.from.length - a.from.length);
    if (line !== undefined) return line.to + name.slice(line.from.length);
  }
  return undefined;
}
