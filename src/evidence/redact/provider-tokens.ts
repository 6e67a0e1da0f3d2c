import rulesText from './gitleaks/rules.json?raw';
import { KeywordFinder } from './keyword-finder.ts';
import { mask, replaceParts, withoutOverlaps, type Masked } from './mask.ts';
import type { ProviderRule } from './provider-rule.ts';

/** What is looked at around a keyword, characters; the longest token, PyPI's, has some 1,000. */
const before = 128;
const behind = 1200;

interface Rules {
  readonly finder: KeywordFinder;
  /** The rules of each keyword. */
  readonly ofKeyword: readonly (readonly number[])[];
  readonly all: readonly ProviderRule[];
  readonly expressions: (RegExp | undefined)[];
}

let loaded: Rules | undefined;

/**
 * Tokens of some 190 providers, by the rules of gitleaks (MIT licence; gitleaks/LICENSE). A rule's expression is made,
 * and runs, only where one of its keywords stands: the text is read once, whatever the number of rules.
 */
export function maskProviderTokens(text: string): string {
  loaded ??= load();
  const { finder, ofKeyword } = loaded;
  const spans = new Map<number, Span[]>();
  finder.search(text, (keyword, end) => {
    for (const rule of ofKeyword[keyword] ?? []) addSpan(spans, rule, spanAround(text, end));
  });
  if (spans.size === 0) return text;
  const rules = loaded;
  const parts = [...spans].flatMap(([rule, some]) =>
    some.flatMap((span) => secretsIn(text, span, ruleAt(rules, rule))),
  );
  return replaceParts(text, withoutOverlaps(parts));
}

interface Span {
  readonly start: number;
  end: number;
}

function load(): Rules {
  const all = JSON.parse(rulesText) as readonly ProviderRule[];
  const keywords = [...new Set(all.flatMap((rule) => rule.keywords))];
  const ofKeyword = keywords.map((keyword) =>
    all.flatMap((rule, place) => (rule.keywords.includes(keyword) ? [place] : [])),
  );
  return { finder: new KeywordFinder(keywords), ofKeyword, all, expressions: [] };
}

/** The part of the keyword's line that a token beside it can stand in. */
function spanAround(text: string, keywordEnd: number): Span {
  const from = Math.max(0, keywordEnd - before);
  const lineStart = text.slice(from, keywordEnd).lastIndexOf('\n');
  const rest = text.slice(keywordEnd, keywordEnd + behind);
  const lineEnd = rest.indexOf('\n');
  return { start: from + lineStart + 1, end: keywordEnd + (lineEnd === -1 ? rest.length : lineEnd) };
}

/** Spans come in order; what overlaps becomes one, so that nothing is looked at twice. */
function addSpan(spans: Map<number, Span[]>, rule: number, span: Span): void {
  const some = spans.get(rule) ?? [];
  const last = some.at(-1);
  if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
  else some.push({ ...span });
  spans.set(rule, some);
}

interface UsableRule extends Pick<ProviderRule, 'entropy' | 'group'> {
  readonly expression: RegExp;
}

function ruleAt({ all, expressions }: Rules, place: number): UsableRule {
  const { pattern = '(?!)', flags = '', ...rule } = all[place] ?? {};
  return { ...rule, expression: (expressions[place] ??= new RegExp(pattern, `${flags}dg`)) };
}

function secretsIn(
  text: string,
  { start, end }: Span,
  { expression, entropy = 0, group }: UsableRule,
): readonly Masked[] {
  return [...text.slice(start, end).matchAll(expression)].flatMap((match) => {
    const place = placeOf(match, group);
    if (place === undefined) return [];
    const secret = text.slice(start + place[0], start + place[1]);
    if (secret === '' || secret.includes(mask) || entropyOf(secret) < entropy) return [];
    return [{ start: start + place[0], end: start + place[1], by: mask }];
  });
}

/** The group that is the secret: the one that the rule names, else the first that took part, else all. */
function placeOf(match: RegExpExecArray, group: number | undefined): [number, number] | undefined {
  const places = match.indices ?? [];
  return group === undefined ? (places.slice(1).find((place) => place !== undefined) ?? places[0]) : places[group];
}

/** Shannon's, bits a character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
