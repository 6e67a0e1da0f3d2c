import { mask, type Masked } from './mask.ts';

/** Blanks, line ends and a diff's marks between the values of a list. */
const between = /[\s,+]*(?:#[^\n]*\n[\s,+]*)*/y;
const quoted = /(\\?["'])((?:(?!\1|\n).)*)\1/y;
const bare = /[^\s,[\]{}"'#]+(?: [^\s,[\]{}"'#]+)*/y;
/** `- value` of a YAML list below its key. */
const item = /\r?\n([ \t+]*)-[ \t]+(?![^\n]{0,256}?:(?:[ \t]|\r?\n|$))(["']?)([^\n]*?)\2[ \t]*(?=\r?\n|$)/y;
/** A list longer than this is not a list of secrets. */
const mostValues = 64;

/**
 * The values of a list at `start`, in brackets or one per line below the key; none when it is not a list, or one of
 * objects.
 */
export function maskList(text: string, start: number, keyStart: number): readonly Masked[] {
  if (text[start] === '[') return inBrackets(text, start + 1);
  const lineEnd = /^[ \t]*\r?\n/.test(text.slice(start, start + 16));
  return lineEnd ? onLines(text, start, keyStart) : [];
}

function inBrackets(text: string, start: number): readonly Masked[] {
  const parts: Masked[] = [];
  let at = start;
  while (parts.length < mostValues) {
    between.lastIndex = at;
    between.test(text);
    at = between.lastIndex;
    const part = partAt(text, at);
    if (part === undefined) break;
    parts.push(part.masked);
    at = part.next;
  }
  return parts.filter((part) => part.end > part.start);
}

function partAt(text: string, at: number): { readonly masked: Masked; readonly next: number } | undefined {
  quoted.lastIndex = at;
  const found = quoted.exec(text);
  if (found) {
    const [, quote = '', value = ''] = found;
    const start = at + quote.length;
    return { masked: { start, end: start + value.length, by: mask }, next: quoted.lastIndex };
  }
  bare.lastIndex = at;
  if (!bare.test(text)) return undefined;
  return { masked: { start: at, end: bare.lastIndex, by: mask }, next: bare.lastIndex };
}

function onLines(text: string, start: number, keyStart: number): readonly Masked[] {
  const indentation = keyStart - (text.lastIndexOf('\n', keyStart) + 1);
  const parts: Masked[] = [];
  item.lastIndex = text.indexOf('\n', start) - (text[text.indexOf('\n', start) - 1] === '\r' ? 1 : 0);
  while (parts.length < mostValues) {
    const at = item.lastIndex;
    const [all, lead = '', quote = '', value = ''] = item.exec(text) ?? [];
    if (all === undefined || lead.length < indentation) break;
    const end = at + all.trimEnd().length - quote.length;
    parts.push({ start: end - value.length, end, by: mask });
  }
  return parts.filter((part) => part.end > part.start);
}
