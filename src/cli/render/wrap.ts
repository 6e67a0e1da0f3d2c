import type { Paint, Tone } from './paint.ts';
import { characters, displayWidth } from './width.ts';

/** What laying out needs of a render context. */
interface LayoutContext {
  readonly paint: Paint;
  readonly width: number;
}

/** Beyond this a line of prose is hard to follow, however wide the terminal is. */
export const maximumSentenceWidth = 100;

/**
 * Spaces, but not the one between a number and its unit or within a time: `5.2 GiB` and `2026-11-24 09:31 UTC` stay
 * together.
 */
const betweenWords = / +(?!(?:[KMGTP]?i?B|m?s|(?:\d\d:\d\d )?(?:UTC|[+-]\d\d:\d\d))(?!\w))/;

/**
 * Breaks a sentence at spaces into lines of at most `width` columns (100 at most). A word that is longer than a line,
 * as a path or a digest may be, is cut where the line ends.
 */
export function wrapSentence(text: string, width: number): readonly string[] {
  return fill(text.split(betweenWords).filter(Boolean), ' ', Math.min(width, maximumSentenceWidth));
}

/** Breaks a node set after its commas, so that each line can still be read as a part of a set. */
export function wrapNodeSet(set: string, width: number): readonly string[] {
  return fill(set.match(/[^,]*(?:,|$)/g)?.filter(Boolean) ?? [], '', width);
}

/**
 * Puts words into lines, first come first served. Each word is measured once: a gap or a comma before it changes the
 * width of none.
 */
function fill(words: readonly string[], gap: string, width: number): readonly string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = '';
  let used = 0;
  const add = (word: string, columns: number): void => {
    if (line === '') {
      line = word;
      used = columns;
    } else if (used + gap.length + columns <= room) {
      line += gap + word;
      used += gap.length + columns;
    } else {
      lines.push(line);
      line = word;
      used = columns;
    }
  };
  for (const word of words) {
    const columns = displayWidth(word);
    if (columns <= room) add(word, columns);
    else for (const piece of pieces(word, room)) add(piece.text, piece.columns);
  }
  return line === '' ? lines : [...lines, line];
}

interface Piece {
  readonly text: string;
  readonly columns: number;
}

/** In one pass: a word may be megabytes of something else. */
function pieces(word: string, width: number): readonly Piece[] {
  const found: Piece[] = [];
  let text = '';
  let used = 0;
  for (const character of characters(word)) {
    const columns = displayWidth(character);
    // A line of one column holds no double-width character: it gets one anyway.
    if (text !== '' && used + columns > width) {
      found.push({ text, columns: used });
      text = '';
      used = 0;
    }
    text += character;
    used += columns;
  }
  return [...found, { text, columns: used }];
}

/** Lines with `first` before the first and as many spaces before the others. */
export function indented(lines: readonly string[], first: string): readonly string[] {
  const other = ' '.repeat(displayWidth(first));
  return lines.map((line, index) => (index === 0 ? first : other) + line);
}

interface Label {
  readonly text: string;
  readonly tone: Tone;
}

/**
 * A labelled line, as `FAIL  container-logs, 12 nodes`; what does not fit goes on below the text, not below the label.
 */
export function labelled(label: Label, text: string, context: LayoutContext): readonly string[] {
  return hanging({ ...label, gap: 2 }, text, context, (line) => context.paint('strong', line));
}

/** A label, a gap, and a sentence that hangs beside them. */
export function hanging(
  label: Label & { readonly gap: number },
  text: string,
  { paint, width }: LayoutContext,
  style: (line: string) => string = (line) => line,
): readonly string[] {
  const start = label.text + ' '.repeat(label.gap);
  const lines = indented(wrapSentence(text, width - displayWidth(start)).map(style), start);
  return lines.map((line, index) =>
    index === 0 ? paint(label.tone, label.text) + line.slice(label.text.length) : line,
  );
}
