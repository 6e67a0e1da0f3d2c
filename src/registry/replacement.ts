import { isInvalid, parseReference } from './reference/image-reference.ts';

/**
 * One line of the user's own table: what stands below `from` has moved below `to`. A registry, or a part of one, as
 * references write it: `docker.io/bitnami`, `harbor.example:5000`. Whole parts of a path: not
 * `docker.io/bitnamilegacy`.
 */
export interface Replacement {
  readonly from: string;
  readonly to: string;
}

/** Why a text is not such a name, for `errors.replacementFaults`. */
export type ReplacementFault = 'form' | 'registry' | 'tag' | 'same' | 'inside' | 'twice' | 'again';

/**
 * The canonical name, without a slash at its end; Docker Hub is `docker.io`, and has to be named: `bitnami` alone might
 * be a host.
 */
export function canonicalName(text: string): { readonly name: string } | { readonly fault: ReplacementFault } {
  const name = text.replace(/\/$/u, '');
  const slash = name.indexOf('/');
  const host = slash === -1 ? name : name.slice(0, slash);
  if (!/[.:]/u.test(host) && host !== 'localhost')
    return { fault: /^[a-z0-9./_-]+$/u.test(name) ? 'registry' : 'form' };
  const path = slash === -1 ? '' : name.slice(slash + 1);
  if (/[:@]/u.test(path)) return { fault: 'tag' };
  // The two parts keep Docker Hub from reading `library/` into it.
  const reference = parseReference(`${name}/a/b`);
  if (isInvalid(reference) || !`/${reference.repository}`.endsWith('/a/b')) return { fault: 'form' };
  return { name: `${reference.registry}/${reference.repository}`.slice(0, -'/a/b'.length) };
}

/** Whether a name is `parent`, or stands below it. */
export function isBelow(name: string, parent: string): boolean {
  return name === parent || name.startsWith(`${parent}/`);
}

/** A line that cannot be used, with what is wrong about which of its names. */
export interface WrongReplacement {
  readonly index: number;
  readonly key: 'from' | 'to';
  readonly written: string;
  readonly fault: ReplacementFault;
}

/**
 * The table in canonical names, or the first line that is wrong. A successor that is replaced itself is wrong: a second
 * run would change what the first has written.
 * @param retired what nodemend's own rules replace begins with
 */
export function checkedReplacements(
  lines: readonly Replacement[],
  retired: readonly string[],
): readonly Replacement[] | WrongReplacement {
  const table: Replacement[] = [];
  for (const [index, line] of lines.entries()) {
    const [from, to] = [canonicalName(line.from), canonicalName(line.to)];
    if ('fault' in from) return { index, key: 'from', written: line.from, fault: from.fault };
    if ('fault' in to) return { index, key: 'to', written: line.to, fault: to.fault };
    table.push({ from: from.name, to: to.name });
  }
  for (const [index, { from, to }] of table.entries()) {
    const wrong = (key: 'from' | 'to', fault: ReplacementFault): WrongReplacement => ({
      index,
      key,
      written: lines[index]?.[key] ?? '',
      fault,
    });
    if (from === to) return wrong('to', 'same');
    if (isBelow(to, from)) return wrong('to', 'inside');
    if (table.findIndex((other) => other.from === from) < index) return wrong('from', 'twice');
    const again = [...retired, ...table.map((other) => `${other.from}/`)].some((name) => mayLead(to, name));
    if (again) return wrong('to', 'again');
  }
  return table;
}

/** Whether something below `to` begins with a name that is replaced. */
function mayLead(to: string, prefix: string): boolean {
  return `${to}/`.startsWith(prefix) || prefix.startsWith(`${to}/`);
}
