import type { FactValue } from '../../../problems/problem.ts';
import { formatInstant, isInstant } from '../instant.ts';
import { formatQuantity } from '../../../locales/quantity.ts';
import { printable } from '../../../text/printable.ts';
import type { RenderContext } from '../render-context.ts';
import type { Trouble } from '../../../problems/kit/rules.ts';

/** So many items of a list are named for one node, the largest first. */
const namedItems = 3;

interface Item {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
}

/**
 * The numbers behind a group, each with its label. A fact is shown when the problem's texts have a label for it
 * (`problems.<id>.facts.<name>`); the others are for JSON. A number or a point in time is shown as it is for one node
 * and as a range for several; a list of `{ name, bytes }` for one node only, the largest first; a word, when all nodes
 * have it, by a text of its own (`problems.<id>.facts.<name>.<word>`).
 */
export function facts(findings: readonly Trouble[], { texts }: RenderContext): readonly string[] {
  const names = new Set(findings.flatMap((finding) => Object.keys(finding.facts ?? {})));
  return [...names].flatMap((name) => factWords(name, findings, texts));
}

function factWords(name: string, findings: readonly Trouble[], texts: RenderContext['texts']): readonly string[] {
  const key = `problems.${findings[0]?.problem ?? ''}.facts.${name}`;
  const values = findings.map((finding) => finding.facts?.[name]).filter((value) => value !== undefined);
  const [value] = values;
  if (typeof value === 'string' && !isInstant(value)) {
    return wordOf(key, value, values.length === findings.length && values.every((other) => other === value), texts);
  }
  const words = value === undefined || !texts.has(key) ? undefined : valueWords(name, value, findings, texts);
  return words === undefined ? [] : [`${texts.t(key)}: ${words}`];
}

function valueWords(
  name: string,
  value: FactValue,
  findings: readonly Trouble[],
  texts: RenderContext['texts'],
): string | undefined {
  if (isInstant(value)) return instantWords(name, findings, texts);
  return typeof value === 'number' ? numberWords(name, findings, texts.t) : listWords(value, findings.length);
}

function wordOf(key: string, word: string, isOfAll: boolean, texts: RenderContext['texts']): readonly string[] {
  const sentence = `${key}.${word}`;
  return isOfAll && texts.has(sentence) ? [texts.t(sentence)] : [];
}

/** The first of them has its node with it: that is the one to care for. */
function instantWords(name: string, findings: readonly Trouble[], { language, t }: RenderContext['texts']): string {
  const times = findings
    .map((finding) => ({
      at: finding.facts?.[name],
      node: finding.subject.kind === 'cluster' ? '' : finding.subject.name,
    }))
    .filter((entry): entry is { readonly at: string; readonly node: string } => isInstant(entry.at))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const [from = '', to = ''] = [times[0]?.at, times.at(-1)?.at].map((at) =>
    at === undefined ? '' : formatInstant(at, language),
  );
  return findings.length === 1 ? from : t('findings.times', { from, to, node: times[0]?.node ?? '' });
}

function numberWords(name: string, findings: readonly Trouble[], t: RenderContext['texts']['t']): string | undefined {
  const values = findings
    .map((finding) => ({
      value: finding.facts?.[name],
      node: finding.subject.kind === 'cluster' ? '' : finding.subject.name,
    }))
    .filter((entry): entry is { readonly value: number; readonly node: string } => typeof entry.value === 'number')
    .toSorted((a, b) => b.value - a.value);
  const [most, least] = [values[0], values.at(-1)];
  if (!most || !least) return undefined;
  const to = formatQuantity(name, most.value);
  const from = formatQuantity(name, least.value);
  return from === to ? to : t('findings.range', { from, to, node: most.node });
}

function listWords(value: FactValue, findings: number): string | undefined {
  if (findings > 1 || !Array.isArray(value)) return undefined;
  const items = (value as readonly FactValue[])
    .map(itemOf)
    .filter((item) => item !== undefined)
    .toSorted((a, b) => b.value - a.value);
  if (items.length === 0) return undefined;
  const named = items
    .slice(0, namedItems)
    .map((item) => `${printable(item.name)} ${formatQuantity(item.unit, item.value)}`);
  const more = items.length - named.length;
  return more > 0 ? `${named.join(', ')}, … (+${more})` : named.join(', ');
}

/** `{ name, bytes }`, or any object with a name and one number. */
function itemOf(value: FactValue): Item | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const fields = Object.entries(value as { readonly [key: string]: FactValue });
  const { name } = value as { readonly [key: string]: FactValue };
  const number = fields.find((field): field is [string, number] => typeof field[1] === 'number');
  return typeof name === 'string' && number ? { name, unit: number[0], value: number[1] } : undefined;
}
