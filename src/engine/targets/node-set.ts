import { NodemendError } from '../../errors/nodemend-error.ts';

/**
 * Node sets: the short way to write many node names, as ClusterShell and pdsh have it. `a,b[1-9],c-[01-20,25]-x` is a
 * comma separated list of names in which brackets hold numbers and ranges. A leading zero in a range's first number
 * keeps all its numbers that wide. Several brackets in one name are multiplied out.
 */

/**
 * More names than this is a slip of the finger (`[1-99999999]`), not a cluster: Kubernetes is tested to 5,000 nodes.
 */
export const maximumNames = 100_000;

/** Numbers above this would lose digits in a JavaScript number. */
const maximumDigits = 15;

/** Letters, digits and what DNS names and IP addresses are made of; `_` because hosts files have it. */
const literal = /^[A-Za-z0-9._:-]*$/;

/**
 * All names of a node set, in the order they are written, each once.
 * @throws NodemendError NODE_SET_INVALID
 */
export function expandNodes(set: string): readonly string[] {
  const names = new Set<string>();
  for (const item of splitItems(set)) {
    for (const name of expandItem(item, set)) names.add(name);
    if (names.size > maximumNames) fail(set, 'many', item);
  }
  return [...names];
}

/** Splits at the commas that are outside brackets. */
function splitItems(set: string): readonly string[] {
  const items = [''];
  for (const [part] of set.matchAll(/,|\[[^\]]*\]?|[^,[]+/g)) {
    if (part === ',') items.push('');
    else items[items.length - 1] += part;
  }
  return items.map((item) => {
    if (item.trim() === '') fail(set, 'empty', set);
    // No name begins with a hyphen, and one that did would be an option to whatever it is handed to.
    if (item.trim().startsWith('-')) fail(set, 'character', item.trim());
    return item.trim();
  });
}

function expandItem(item: string, set: string): readonly string[] {
  let names: string[] = [''];
  for (const [part] of item.matchAll(/\[[^\]]*\]?|[^[]+/g)) {
    const values = part.startsWith('[') ? expandBracket(part, set) : [checkLiteral(part, set)];
    if (names.length * values.length > maximumNames) fail(set, 'many', item);
    names = names.flatMap((name) => values.map((value) => name + value));
  }
  return names;
}

function checkLiteral(part: string, set: string): string {
  if (part.includes(']')) fail(set, 'bracket', part);
  if (!literal.test(part)) fail(set, 'character', part);
  return part;
}

function expandBracket(part: string, set: string): readonly string[] {
  if (!part.endsWith(']')) fail(set, 'bracket', part);
  return part
    .slice(1, -1)
    .split(',')
    .flatMap((range) => expandRange(range.trim(), set));
}

function expandRange(range: string, set: string): readonly string[] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(range);
  const [, first, last = first] = match ?? [];
  if (first === undefined || last === undefined || last.length > maximumDigits) fail(set, 'range', range);
  const [from, to] = [Number(first), Number(last)];
  if (to < from || isPaddedOddly(first, last)) fail(set, 'range', range);
  if (to - from >= maximumNames) fail(set, 'many', range);
  const width = first.startsWith('0') ? first.length : 0;
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index).padStart(width, '0'));
}

/** `1-010` and `001-10`: how wide the numbers are meant to be is a guess, and a guess here is a wrong node. */
function isPaddedOddly(first: string, last: string): boolean {
  return last.length < first.length || (last.startsWith('0') && last.length !== first.length);
}

/** `at` is the part of the set that is wrong; the context picks the sentence that says why. */
function fail(set: string, context: 'empty' | 'bracket' | 'character' | 'range' | 'many', at: string): never {
  throw new NodemendError('NODE_SET_INVALID', { set, context, at, maximum: maximumNames });
}
