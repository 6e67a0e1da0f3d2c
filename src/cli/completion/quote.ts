/** A word in which nothing has a meaning to bash or zsh. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** To fish a backslash is one in single quotes, too. */
export function fishQuoted(word: string): string {
  return `'${word.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
}
