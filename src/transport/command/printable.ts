const longest = 200;

/** The last words of a program in one line for people: no control characters (a node could send them), and not long. */
export function printable(text: string): string {
  const line = text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  return line.length > longest ? `…${line.slice(-longest)}` : line;
}
