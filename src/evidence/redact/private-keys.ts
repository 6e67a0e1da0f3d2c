import { mask, replaceParts, type Masked } from './mask.ts';

const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
/** Base64, the headers of an encrypted key, newlines also as JSON writes them, and the marks of a diff. */
const notBody = /[^A-Za-z0-9+/=\s\\:,.()*-]|-----END/g;
/** What of a line is kept: indentation and a diff's mark, so that the text still reads as what it is. */
const bodyLine = /^(?=([ \t]*[+-]?[ \t]*))\1\S.*$/gm;

/**
 * The lines between BEGIN and END of a PEM private key; up to the end of the key's text when END was cut off. Lines
 * stay lines.
 */
export function maskPrivateKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) return text;
  const parts: Masked[] = [];
  let done = 0;
  for (const { index, 0: line } of text.matchAll(begin)) {
    const start = index + line.length;
    if (start < done) continue;
    notBody.lastIndex = start;
    const end = notBody.exec(text)?.index ?? text.length;
    parts.push({ start, end, by: maskLines(text.slice(start, end)) });
    done = end;
  }
  return replaceParts(text, parts);
}

function maskLines(body: string): string {
  // One line: the key stands in a JSON text, with newlines written as \n.
  if (!body.includes('\n')) return body.trim() === '' ? body : mask;
  return body.replaceAll(bodyLine, `$1${mask}`);
}
