/** The character classes of C's ctype.h in the C locale. Text is one character a byte (latin1), as logrotate sees it. */

export function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

export function isSpace(character: string): boolean {
  return isBlank(character) || character === '\n' || character === '\r' || character === '\v' || character === '\f';
}

export function isAlpha(character: string): boolean {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

export function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

/** Printable and not a blank: what a path or an address may consist of. */
export function isGraph(character: string): boolean {
  return character > ' ' && character <= '~';
}
