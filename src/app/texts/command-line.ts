/** Characters that no shell reads anything into. `[` is one that it does: `--nodes worker-[1-3]` would match a file. */
const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A command as it is to be typed, each argument quoted where a POSIX shell needs it. */
export function commandLine(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

function quote(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
