import type { GrubRefusal } from './refusal.ts';
import type { Value, ValuePart } from './read-defaults.ts';

/** One argument of the kernel within a value. */
export interface KernelArgument {
  readonly text: string;
  /** Where its characters are written. */
  readonly parts: Value;
  /** Written with quotes, backslashes or `$`, which GRUB reads again: what the kernel gets may be another text. */
  readonly isQuoted: boolean;
}

export type ReadArguments =
  | { readonly list: readonly KernelArgument[] }
  | { readonly refusal: GrubRefusal; readonly at?: ValuePart };

const quoting = new Set(['"', "'", '\\', '$']);

const blanks = new Set([' ', '\t']);

/** At the beginning of a word: a block, its end, a comment. */
const wordsOfGrub = new Set(['{', '}', '#']);

/** What ends a command of GRUB's, or begins something else than a word (GRUB manual, "Shell-like scripting"). */
const special = new Set([';', '|', '&', '<', '>', '\n']);

/** Splits a value as GRUB does: at blanks that stand in no quotes. */
export function readArguments(value: Value): ReadArguments {
  const list: KernelArgument[] = [];
  let open: KernelArgument | undefined;
  let quote = '';
  for (const part of value) {
    const refusal = refusalOf(part, quote, open !== undefined);
    if (refusal) return { refusal, at: part };
    const character = 'character' in part ? part.character : '';
    if (quote === '' && blanks.has(character)) {
      if (open) list.push(open);
      open = undefined;
    } else {
      quote = quoteBehind(quote, character);
      open = withCharacter(open, part, character);
    }
  }
  if (quote !== '') return { refusal: 'grub-syntax' };
  return { list: open ? [...list, open] : list };
}

function refusalOf(part: ValuePart, quote: string, isWithin: boolean): GrubRefusal | undefined {
  if ('unknown' in part) return part.unknown;
  if (quote !== '') return undefined;
  const begins = !isWithin && wordsOfGrub.has(part.character);
  return special.has(part.character) || begins ? 'grub-syntax' : undefined;
}

function quoteBehind(quote: string, character: string): string {
  if (quote === character) return '';
  return quote === '' && (character === '"' || character === "'") ? character : quote;
}

function withCharacter(open: KernelArgument | undefined, part: ValuePart, character: string): KernelArgument {
  return {
    text: (open?.text ?? '') + character,
    parts: [...(open?.parts ?? []), part],
    isQuoted: (open?.isQuoted ?? false) || quoting.has(character),
  };
}
