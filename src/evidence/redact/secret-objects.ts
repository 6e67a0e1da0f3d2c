import { mask, replaceParts, type Masked } from './mask.ts';

const kind = /(?<![\w-])kind\\?["']?[ \t]{0,4}:[ \t]{0,4}\\?["']?Secret(?![\w-])/;
const data = /(?<![\w.-])(?:data|stringData)(\\?["'])?[ \t]{0,4}:[ \t]{0,8}/g;
const objectEnd = /[{}]/g;
const member = /(\\?["']\s{0,8}:\s{0,8})(\\?["'])((?:(?!\2|\n).)*)\2/g;
/** `  key: value` deeper than `data:`; the value of a block scalar is the lines below. */
const line = /^([ \t+-]*)((?:["']?[\w.-]{1,253}["']?:[ \t]*)?)(\S.*)$/;

/**
 * All values of Kubernetes' Secrets, whatever their keys: manifests and what `last-applied-configuration` keeps. A
 * document with other objects beside it loses their `data`, too.
 */
export function maskSecretObjects(text: string): string {
  if (!text.includes('Secret') || !kind.test(text)) return text;
  const parts: Masked[] = [];
  let done = 0;
  for (const { index, 0: all } of text.matchAll(data)) {
    const start = index + all.length;
    if (index < done) continue;
    const found = text[start] === '{' ? inObject(text, start) : inBlock(text, index, start);
    if (found === undefined) continue;
    parts.push(found);
    done = found.end;
  }
  return replaceParts(text, parts);
}

function inObject(text: string, start: number): Masked | undefined {
  objectEnd.lastIndex = start + 1;
  const end = objectEnd.exec(text)?.index ?? text.length;
  return {
    start,
    end,
    by: text
      .slice(start, end)
      .replaceAll(member, (_all, lead: string, quote: string, value: string) =>
        value === '' ? lead + quote + quote : lead + quote + mask + quote,
      ),
  };
}

function inBlock(text: string, keyStart: number, start: number): Masked | undefined {
  const firstEnd = text.indexOf('\n', start);
  if (firstEnd === -1 || text.slice(start, firstEnd).trim() !== '') return undefined;
  const indentation = keyStart - (text.lastIndexOf('\n', keyStart) + 1);
  const masked: string[] = [];
  let end = firstEnd;
  while (end < text.length) {
    const next = text.indexOf('\n', end + 1);
    const lineEnd = next === -1 ? text.length : next;
    const by = maskedLine(text.slice(end + 1, lineEnd), indentation);
    if (by === undefined) break;
    masked.push(`\n${by}`);
    end = lineEnd;
  }
  return masked.length === 0 ? undefined : { start: firstEnd, end, by: masked.join('') };
}

/** Undefined when the line is outside of the block. */
function maskedLine(text: string, indentation: number): string | undefined {
  if (text.trim() === '') return text;
  const [, lead = '', key = '', value = ''] = line.exec(text) ?? [];
  if (value === '' || lead.length <= indentation) return undefined;
  return `${lead}${key}${/^[|>][+-]?$/.test(value) ? value : mask}`;
}
