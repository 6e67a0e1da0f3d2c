const pieces =
  /(?<gap>[ \t\n\v\f\r]+)|\\(?<escaped>[\s\S])|"(?<double>(?:\\[\s\S]|[^"\\])*)"?|'(?<single>(?:\\[\s\S]|[^'\\])*)'?|(?<plain>[^ \t\n\v\f\r\\"']+)|(?<trailing>\\)/g;

/**
 * The words of a line of log names, as popt splits them for logrotate (`poptParseArgvString`, popt 1.19): quotes of
 * both kinds group and fall away, a backslash outside quotes takes the next character as it is, inside quotes only the
 * quote itself. A quote that is never closed is not an error; a backslash at the very end is.
 */
export function splitWords(text: string): readonly string[] | 'ends-in-backslash' {
  const words: string[] = [];
  let word = '';
  for (const { groups = {} } of text.matchAll(pieces)) {
    if (groups['trailing'] !== undefined) return 'ends-in-backslash';
    if (groups['gap'] !== undefined) {
      words.push(word);
      word = '';
    }
    word +=
      groups['plain'] ?? groups['escaped'] ?? unquote(groups['double'], '"') ?? unquote(groups['single'], "'") ?? '';
  }
  return [...words, word].filter((candidate) => candidate !== '');
}

function unquote(inner: string | undefined, quote: string): string | undefined {
  return inner?.replace(/\\([\s\S])/g, (pair, character: string) => (character === quote ? quote : pair));
}

/** Writes a path so that logrotate reads it back as one word; undefined when no way of writing does that. */
export function quoteWord(path: string): string | undefined {
  if (/^[A-Za-z0-9_./*?[\]!:@%+,=-]+$/.test(path)) return path;
  // Braces end the list of names even inside quotes, and control characters have no way of writing.
  return /^[ -~]+$/.test(path) && !/["\\{}]/.test(path) ? `"${path}"` : undefined;
}
