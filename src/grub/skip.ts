import type { Cursor } from './cursor.ts';

/** Behind the quote that ends it; the cursor is behind the one that began it. */
function skipSingleQuoted(cursor: Cursor): void {
  const began = cursor.offset - 1;
  while (!cursor.isDone) if (cursor.take() === "'") return;
  cursor.stop('unterminatedQuote', began);
}

function skipDoubleQuoted(cursor: Cursor): void {
  const began = cursor.offset - 1;
  while (!cursor.isDone) {
    const char = cursor.take();
    if (char === '"') return;
    if (char === '\\') cursor.take();
    else skipNested(cursor, char);
  }
  cursor.stop('unterminatedQuote', began);
}

export function skipBackquoted(cursor: Cursor): void {
  const began = cursor.offset - 1;
  while (!cursor.isDone) {
    const char = cursor.take();
    if (char === '`') return;
    if (char === '\\') cursor.take();
  }
  cursor.stop('unterminatedSubstitution', began);
}

/** Of `$(`, `${` and backquotes; `char` was the first character. */
function skipNested(cursor: Cursor, char: string): void {
  if (char === '`') skipBackquoted(cursor);
  else if (char === '$' && cursor.peek() === '(') skipParentheses(cursor);
  else if (char === '$' && cursor.peek() === '{') skipBraces(cursor);
}

const caseWord = /case(?=[ \t\n])/y;

/**
 * A command substitution: it runs in a shell of its own, so whatever stands in it sets no variable here. The cursor is
 * at its parenthesis. Arithmetic is refused, because it may assign; so is `case`, whose patterns end with a
 * parenthesis that closes nothing, and a here-document.
 */
export function skipParentheses(cursor: Cursor): void {
  const began = cursor.offset - 1;
  if (cursor.startsWith('((')) return cursor.stop('assigningExpansion', began);
  let depth = 0;
  let startsWord = false;
  while (!cursor.isDone) {
    if (cursor.startsWith('<<') || (startsWord && cursor.match(caseWord))) return cursor.stop('structure');
    const char = cursor.take();
    depth += parentheses.get(char) ?? 0;
    if (depth === 0) return;
    if (char === '#' && startsWord) skipComment(cursor);
    else skipQuoting(cursor, char);
    startsWord = /[\s;&|()]/u.test(char);
  }
  cursor.stop('unterminatedSubstitution', began);
}

const parentheses: ReadonlyMap<string, number> = new Map([
  ['(', 1],
  [')', -1],
]);

function skipQuoting(cursor: Cursor, char: string): void {
  if (char === "'") skipSingleQuoted(cursor);
  else if (char === '"') skipDoubleQuoted(cursor);
  else if (char === '\\') cursor.take();
  else skipNested(cursor, char);
}

export function skipComment(cursor: Cursor): void {
  while (!cursor.isDone && cursor.peek() !== '\n') cursor.take();
}

const assigning = /\{[A-Za-z_][A-Za-z0-9_]*:?=/y;

/** `${…}` that is more than a name. The cursor is at its brace. */
export function skipBraces(cursor: Cursor): void {
  const began = cursor.offset - 1;
  if (cursor.match(assigning)) return cursor.stop('assigningExpansion', began);
  cursor.take();
  while (!cursor.isDone) {
    const char = cursor.take();
    if (char === '}') return;
    skipQuoting(cursor, char);
  }
  cursor.stop('unterminatedSubstitution', began);
}
