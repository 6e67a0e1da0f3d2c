import type { Cursor } from './cursor.ts';
import type { GrubRefusal } from './refusal.ts';
import { skipBackquoted, skipBraces, skipParentheses } from './skip.ts';

/** A part of a word of the shell, and where in the text it stands. */
export type WordPart =
  | { readonly kind: 'character'; readonly character: string; readonly offset: number }
  | { readonly kind: 'variable'; readonly name: string; readonly offset: number; readonly isQuoted: boolean }
  /** Only a running shell can say what becomes of it. */
  | { readonly kind: 'unknown'; readonly refusal: GrubRefusal; readonly offset: number };

export interface Word {
  readonly parts: readonly WordPart[];
  readonly start: number;
  readonly end: number;
  /** The quote with which the word ends, when it ends with one. */
  readonly closing: '"' | "'" | undefined;
}

const ends = new Set([' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>', '']);

/** One word of the shell's language (POSIX, Shell Command Language, 2.2 and 2.6), of an assignment or a command. */
export function readWord(cursor: Cursor): Word {
  const start = cursor.offset;
  const parts: WordPart[] = [];
  let closing: Word['closing'];
  while (!ends.has(cursor.peek())) {
    const quote = cursor.peek();
    closing = quote === "'" || quote === '"' ? quote : undefined;
    if (quote === "'") readSingleQuoted(cursor, parts);
    else if (quote === '"') readDoubleQuoted(cursor, parts);
    else readBare(cursor, parts);
  }
  return { parts, start, end: cursor.offset, closing };
}

function readSingleQuoted(cursor: Cursor, parts: WordPart[]): void {
  const began = cursor.offset;
  cursor.take();
  while (!cursor.isDone) {
    if (cursor.peek() === "'") {
      cursor.take();
      return;
    }
    addCharacter(cursor, parts);
  }
  cursor.stop('unterminatedQuote', began);
}

/** Between double quotes a backslash is one, but before these. */
const escapedInQuotes = new Set(['"', '\\', '$', '`']);

function readDoubleQuoted(cursor: Cursor, parts: WordPart[]): void {
  const began = cursor.offset;
  cursor.take();
  while (!cursor.isDone) {
    const [char, next] = [cursor.peek(), cursor.peek(1)];
    if (char === '"') {
      cursor.take();
      return;
    }
    if (char === '\\' && next === '\n') cursor.take(2);
    else if (char === '\\' && escapedInQuotes.has(next)) {
      cursor.take();
      addCharacter(cursor, parts);
    } else if (char === '$' || char === '`') readExpansion(cursor, parts, true);
    else addCharacter(cursor, parts);
  }
  cursor.stop('unterminatedQuote', began);
}

function readBare(cursor: Cursor, parts: WordPart[]): void {
  const char = cursor.peek();
  if (char === '\\' && cursor.peek(1) === '\n') cursor.take(2);
  else if (char === '\\' && cursor.peek(1) !== '') {
    cursor.take();
    addCharacter(cursor, parts);
  } else if (char === '$' || char === '`') readExpansion(cursor, parts, false);
  // A home folder's name, at the beginning and behind a colon.
  else if (char === '~') {
    parts.push({ kind: 'unknown', refusal: 'expansion', offset: cursor.offset });
    cursor.take();
  } else addCharacter(cursor, parts);
}

function addCharacter(cursor: Cursor, parts: WordPart[]): void {
  parts.push({ kind: 'character', offset: cursor.offset, character: cursor.take() });
}

const variable = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/y;
/** `$1`, `$@`, `$?` and their like; `$'…'`, which dash and bash read differently. */
const parameter = /\$[0-9@*#?$!-]/y;

function readExpansion(cursor: Cursor, parts: WordPart[], isQuoted: boolean): void {
  const { offset } = cursor;
  const named = cursor.match(variable);
  if (named) {
    cursor.take(named[0].length);
    parts.push({ kind: 'variable', name: named[1] ?? named[2] ?? '', offset, isQuoted });
    return;
  }
  const refusal = skipExpansion(cursor, isQuoted);
  if (refusal) parts.push({ kind: 'unknown', refusal, offset });
  else addCharacter(cursor, parts);
}

/** @returns undefined for a `$` that is just that; nothing was taken then */
function skipExpansion(cursor: Cursor, isQuoted: boolean): GrubRefusal | undefined {
  if (cursor.peek() === '`') {
    cursor.take();
    skipBackquoted(cursor);
    return 'commandSubstitution';
  }
  const next = cursor.peek(1);
  if (next === '(') {
    cursor.take();
    skipParentheses(cursor);
    return 'commandSubstitution';
  }
  if (next === '{') {
    cursor.take();
    skipBraces(cursor);
    return 'expansion';
  }
  if (cursor.match(parameter)) {
    cursor.take(2);
    return 'expansion';
  }
  if (isQuoted || (next !== "'" && next !== '"')) return undefined;
  cursor.take();
  return 'expansion';
}

/** Undefined where it is not a plain text. */
export function plainText({ parts }: Word): string | undefined {
  return parts.every((part) => part.kind === 'character')
    ? parts.map((part) => (part.kind === 'character' ? part.character : '')).join('')
    : undefined;
}
