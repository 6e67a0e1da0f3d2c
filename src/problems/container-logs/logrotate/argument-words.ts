import { isSpace } from './characters.ts';

/**
 * The words of a line of log names, as popt splits them for logrotate (`poptParseArgvString`, popt 1.19): quotes of both kinds
 * group and fall away, a backslash outside quotes takes the next character as it is, inside quotes only the quote itself. A
 * quote that is never closed is no error; a backslash at the very end is.
 */
export function splitWords(text: string): readonly string[] | 'ends-in-backslash' {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === quote) {
      quote = '';
    } else if (character === '\\') {
      at += 1;
      const next = text[at];
      if (next === undefined) return 'ends-in-backslash';
      word += quote !== '' && next !== quote ? `\\${next}` : next;
    } else if (quote !== '') {
      word += character;
    } else if (isSpace(character)) {
      if (word !== '') words.push(word);
      word = '';
    } else if (character === '"' || character === "'") {
      quote = character;
    } else {
      word += character;
    }
  }
  if (word !== '') words.push(word);
  return words;
}

/** Writes a path so that logrotate reads it back as one word; undefined when no way of writing does that. */
export function quoteWord(path: string): string | undefined {
  if (/^[A-Za-z0-9_./*?[\]!:@%+,=-]+$/.test(path)) return path;
  // Braces end the list of names even inside quotes, and control characters have no way of writing.
  return /^[ -~]+$/.test(path) && !/["\\{}]/.test(path) ? `"${path}"` : undefined;
}
