import stringWidth from 'string-width';

/** Nearly everything printed is ASCII; it is counted without a table of Unicode. */
const ascii = /^[\u0020-\u007e]*$/;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Columns that a text takes on a terminal: Korean takes two each, combining marks and escape sequences none. */
export function displayWidth(text: string): number {
  return ascii.test(text) ? text.length : stringWidth(text);
}

/** Pads with spaces on the right up to `width` columns; a longer text stays as it is. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Cuts to at most `width` columns, the last of them `…` when something was cut. Never splits a character. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  return `${takeColumns(text, width - 1)}…`;
}

/** The longest beginning that takes at most `width` columns. */
export function takeColumns(text: string, width: number): string {
  if (ascii.test(text)) return text.slice(0, Math.max(0, width));
  let taken = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += displayWidth(segment);
    if (used > width) break;
    taken += segment;
  }
  return taken;
}
