/**
 * The character classes of C's ctype.h in the C locale. Text is one character a byte (latin1), as logrotate sees it.
 */

export function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

export function isSpace(character: string): boolean {
  return isBlank(character) || character === '\n' || character === '\r' || character === '\v' || character === '\f';
}

export function isAlpha(character: string): boolean {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}
