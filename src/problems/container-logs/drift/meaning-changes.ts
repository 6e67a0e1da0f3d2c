import type { Words } from '../../kit/synchronise.ts';
import type { DirectiveMeaning, Meaning, RuleMeaning } from './meaning.ts';

/**
 * What has to change in a text that means `from` until it means `to`, in words. Empty exactly when they mean the same.
 */
export function meaningChanges(from: Meaning, to: Meaning): readonly Words[] {
  const pairs = pairRules(from.rules, to.rules);
  const isSingle = from.rules.length <= 1 && to.rules.length <= 1;
  return [
    ...pairs.flatMap(([old, wanted]) => ruleChanges(old, wanted, isSingle)),
    ...directiveChanges(from.outside, to.outside, 'outside'),
    ...faultChanges(from.faults, to.faults),
  ];
}

type Pair = readonly [RuleMeaning | undefined, RuleMeaning | undefined];

/**
 * Rules on the same logs belong together; what is left over is paired in order, because a pattern may be what changed.
 */
function pairRules(from: readonly RuleMeaning[], to: readonly RuleMeaning[]): readonly Pair[] {
  const [left, right] = [[...from], [...to]];
  const same: Pair[] = [];
  for (const rule of from) {
    const at = right.findIndex((other) => patternsOf(other) === patternsOf(rule));
    if (at < 0) continue;
    same.push([rule, right[at]]);
    left.splice(left.indexOf(rule), 1);
    right.splice(at, 1);
  }
  const rest = Array.from({ length: Math.max(left.length, right.length) }, (_, index): Pair => [
    left[index],
    right[index],
  ]);
  return [...same, ...rest];
}

function patternsOf({ patterns }: RuleMeaning): string {
  return patterns.join(' ');
}

function ruleChanges(from: RuleMeaning | undefined, to: RuleMeaning | undefined, isSingle: boolean): readonly Words[] {
  if (from === undefined) return to === undefined ? [] : [words('rule-added', { pattern: patternsOf(to) })];
  if (to === undefined) return [words('rule-removed', { pattern: patternsOf(from) })];
  const patterns =
    patternsOf(from) === patternsOf(to) ? [] : [words('pattern', { from: patternsOf(from), to: patternsOf(to) })];
  const directives = directiveChanges(from.directives, to.directives, 'directive');
  const where = isSingle || directives.length === 0 ? [] : [words('in-rule', { pattern: patternsOf(to) })];
  return [...patterns, ...where, ...directives];
}

type Directives = ReadonlyMap<string, DirectiveMeaning>;

function directiveChanges(from: Directives, to: Directives, kind: 'directive' | 'outside'): readonly Words[] {
  const matters = [...new Set([...from.keys(), ...to.keys()])].toSorted();
  return matters.flatMap((matter) => {
    const [old, wanted] = [from.get(matter), to.get(matter)];
    if (old?.canonical === wanted?.canonical) return [];
    if (old === undefined) return [words(`${kind}-added`, { directive: wanted?.shown ?? '' })];
    if (wanted === undefined) return [words(`${kind}-removed`, { directive: old.shown })];
    return [words(`${kind}-changed`, { from: oneLine(old.shown), to: oneLine(withoutWord(old.shown, wanted.shown)) })];
  });
}

/** `rotate 10` and `rotate 5` are told as `rotate 10 → 5`, `daily` and `size 1M` as they are. */
function withoutWord(old: string, wanted: string): string {
  const [word = ''] = old.split(' ', 1);
  return old !== word && wanted.startsWith(`${word} `) ? wanted.slice(word.length + 1) : wanted;
}

/** Faults come and go as a whole: two files with the same fault in another place are equally faulty. */
function faultChanges(from: readonly string[], to: readonly string[]): readonly Words[] {
  const gone = unmatched(from, to).map((fault) => words('fault-gone', { fault }));
  return [...gone, ...unmatched(to, from).map((fault) => words('fault-new', { fault }))];
}

/** Of the first list what the second one does not have as often. */
function unmatched(list: readonly string[], other: readonly string[]): readonly string[] {
  const left = [...other];
  return list.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function words(kind: string, params: Readonly<Record<string, string>>): Words {
  return {
    key: `changes.${kind}`,
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, oneLine(readable(value))])),
  };
}

/** The reader works on bytes; people read text. */
function readable(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A script has several. */
function oneLine(text: string): string {
  return text
    .split(/\s*\n\s*/)
    .filter(Boolean)
    .join('; ');
}
