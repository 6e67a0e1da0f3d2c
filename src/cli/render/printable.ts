/**
 * C0 and C1 controls, and the marks that reorder text on screen (U+202A..202E, U+2066..2069). Node names, file contents
 * and server messages come from machines that may be compromised: printed raw, an escape sequence in them would run in
 * the operator's terminal, and a reordering mark would show a path that is not the path (CVE-2021-42574).
 */
// oxlint-disable-next-line no-control-regex -- controls are what it is for
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

/** One line that is safe on a terminal: every control character is shown, none is sent. */
export function printable(text: string): string {
  return text.replace(unsafe, escaped);
}

/** The same for a line whose tabs matter, as those of a file do. */
export function printableLine(line: string): string {
  return line.replace(unsafe, (character) => (character === '\t' ? character : escaped(character)));
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return named[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
