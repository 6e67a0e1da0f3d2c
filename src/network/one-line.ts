/** Longest text of a server that is repeated in an error. */
const maxLength = 400;

/** A text from outside, fit for one line of a terminal: no control characters, no escape sequences, bounded. */
export function oneLine(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return plain.length <= maxLength ? plain : `${plain.slice(0, maxLength - 1)}…`;
}
