import type { GrubRefusal } from './refusal.ts';
import type { Value, ValuePart } from './read-defaults.ts';

/** One argument of the kernel within a value. */
export interface KernelArgument {
  readonly text: string;
  /** Its characters, in order, and where each is written. */
  readonly parts: Value;
  /** Written with quotes, backslashes or `$`, which GRUB reads again: what the kernel gets may be another text. */
  readonly isQuoted: boolean;
}

export type ReadArguments =
  | { readonly list: readonly KernelArgument[] }
  | { readonly refusal: GrubRefusal; readonly at?: ValuePart };

const blanks = new Set([' ', '\t']);

/** At the beginning of a word: a block, its end, a comment. */
const wordsOfGrub = new Set(['{', '}', '#']);

/** What ends a command of GRUB's, or begins something else than a word (GRUB manual, "Shell-like scripting"). */
const special = new Set([';', '|', '&', '<', '>', '\n']);

/** Splits a value as GRUB does: at blanks that stand in no quotes. */
export function readArguments(value: Value): ReadArguments {
  const list: KernelArgument[] = [];
  let open: ValuePart[] = [];
  let quote = '';
  for (const part of value) {
    const refusal = refusalOf(part, quote, open.length > 0);
    if (refusal) return { refusal, at: part };
    const character = 'character' in part ? part.character : '';
    if (quote === '' && blanks.has(character)) {
      if (open.length > 0) list.push(argumentOf(open));
      open = [];
    } else {
      quote = quoteBehind(quote, character);
      open.push(part);
    }
  }
  if (quote !== '') return { refusal: 'grubSyntax' };
  return { list: open.length > 0 ? [...list, argumentOf(open)] : list };
}

function refusalOf(part: ValuePart, quote: string, isWithin: boolean): GrubRefusal | undefined {
  if ('unknown' in part) return part.unknown;
  if (quote !== '') return undefined;
  const begins = !isWithin && wordsOfGrub.has(part.character);
  return special.has(part.character) || begins ? 'grubSyntax' : undefined;
}

function quoteBehind(quote: string, character: string): string {
  if (quote === character) return '';
  return quote === '' && (character === '"' || character === "'") ? character : quote;
}

function argumentOf(parts: Value): KernelArgument {
  const text = parts.map((part) => ('character' in part ? part.character : '')).join('');
  return { text, parts, isQuoted: /["'\\$]/u.test(text) };
}
