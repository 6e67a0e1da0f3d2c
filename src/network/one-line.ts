import { singleLine } from '../text/printable.ts';

/** Longest text of a server that is repeated in an error. */
const maxLength = 400;

/** A text from outside, fit for one line of a terminal: nothing that is not seen, bounded. */
export function oneLine(text: string): string {
  const plain = singleLine(text).replace(/\.$/, '');
  return plain.length <= maxLength ? plain : `${plain.slice(0, maxLength - 1)}…`;
}
