import { queriesOf, templateError } from './path.ts';

/** A part of a template of kubectl's `-o jsonpath=`. */
export type TemplatePart =
  | { readonly text: string }
  | { readonly queries: readonly string[] }
  | { readonly range: readonly string[]; readonly parts: readonly TemplatePart[] };

/** A pair of braces, in which quotes may hold a brace; or text up to the next. */
const token = /\{((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^{}"'])*)\}|(\{|[^{]+)/gu;

/**
 * `{.items[*].name}`, `{range .items[*]}{.name}{"\n"}{end}`, text around it. @throws NodemendError USAGE for what is
 * not a template
 */
export function parseTemplate(template: string): readonly TemplatePart[] {
  const tokens = [...template.matchAll(token)].map(([, inside, text]) => ({ inside: inside?.trim() ?? '', text }));
  if (tokens.length === 0) throw templateError('it is empty');
  const { parts, next } = partsFrom(tokens, 0);
  if (next < tokens.length) throw templateError('{end} without {range}');
  return parts;
}

interface Token {
  /** Of a pair of braces. */
  readonly inside: string;
  readonly text: string | undefined;
}

interface Parsed {
  readonly parts: readonly TemplatePart[];
  /** The token behind them: an `{end}`, or none. As kubectl has it, what is still open ends with the template. */
  readonly next: number;
}

function partsFrom(tokens: readonly Token[], first: number): Parsed {
  const parts: TemplatePart[] = [];
  let at = first;
  for (let one = tokens[at]; one !== undefined && !isEnd(one); one = tokens[at]) {
    const range = /^range\s+(?<path>[^]+)$/u.exec(one.inside)?.groups?.['path'];
    if (range === undefined) {
      parts.push(simplePart(one));
      at++;
    } else {
      const inner = partsFrom(tokens, at + 1);
      parts.push({ range: queriesOf(range), parts: inner.parts });
      at = inner.next + 1;
    }
  }
  return { parts, next: at };
}

function isEnd({ inside, text }: Token): boolean {
  return text === undefined && inside === 'end';
}

function simplePart({ inside, text }: Token): TemplatePart {
  if (text === '{') throw templateError('a brace is not closed');
  return text === undefined ? (literal(inside) ?? { queries: queriesOf(inside) }) : { text };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** `"\n"`; undefined for a path. */
function literal(words: string): TemplatePart | undefined {
  const text = /^(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')$/u.exec(words);
  if (!text) return undefined;
  const raw = text[1] ?? text[2] ?? '';
  return { text: raw.replaceAll(/\\(.)/gu, (_whole, letter: string) => escapes[letter] ?? letter) };
}
