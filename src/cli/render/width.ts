import { stripVTControlCharacters } from 'node:util';
import { eastAsianWidth } from 'get-east-asian-width';

/** Nearly everything printed is ASCII; it is counted without a table of Unicode. */
const ascii = /^[\u0020-\u007e]*$/;

/** And nearly all else is Korean, or a mark of printed prose: none of them joins with its neighbours. */
const alone = /^[\u0020-\u007e\u00b7\u00d7\u2013\u2014\u2018\u2019\u201c\u201d\u2026\uac00-\ud7a3]*$/;
const syllables = /[\uac00-\ud7a3]/g;

let segmenter: Intl.Segmenter | undefined;

/** Made when it is first needed: its tables take longer to load than most commands to print. */
function graphemes(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/**
 * Columns that a text takes on a terminal: Korean takes two each, combining marks and escape sequences none. The same
 * answers as string-width gives (a test compares them), which is not used here because loading it costs as much as an
 * empty Node.
 */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  if (alone.test(text)) return text.length + (text.match(syllables)?.length ?? 0);
  let width = 0;
  for (const { segment } of graphemes(stripVTControlCharacters(text))) width += graphemeWidth(segment);
  return width;
}

function graphemeWidth(grapheme: string): number {
  if (/^(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Regional_Indicator})/u.test(grapheme)) return 2;
  // What follows a joiner is drawn into the same place; marks, controls and formats are drawn nowhere.
  const [drawn = ''] = grapheme.split('\u200d');
  const visible =
    drawn.match(/[^\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Nonspacing_Mark}\p{Enclosing_Mark}]/gu) ??
    [];
  // A Hangul syllable written as jamo is one block, as wide as its first letter.
  const counted = /^\p{Script=Hangul}/u.test(drawn) ? visible.slice(0, 1) : visible;
  return counted.reduce((sum, character) => sum + eastAsianWidth(character.codePointAt(0) ?? 0), 0);
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

/** What stays together on a line: letters with their marks, and all that is joined. */
export function characters(text: string): Iterable<string> {
  return alone.test(text) ? text : Array.from(graphemes(text), ({ segment }) => segment);
}

/** The longest beginning that takes at most `width` columns. */
export function takeColumns(text: string, width: number): string {
  if (ascii.test(text)) return text.slice(0, Math.max(0, width));
  let taken = '';
  let used = 0;
  for (const segment of characters(text)) {
    used += displayWidth(segment);
    if (used > width) break;
    taken += segment;
  }
  return taken;
}
