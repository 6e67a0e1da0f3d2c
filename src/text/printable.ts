/**
 * Every character that a terminal, a browser or an editor obeys or hides rather than shows: C0 and C1 controls (Cc), all
 * that formats, joins or reorders and has no shape of its own (Cf: U+00AD, U+061C, U+200B..200F, U+202A..202E,
 * U+2066..2069, U+FEFF, tags), the separators of lines and paragraphs (Zl, Zp), halves of characters (Cs), and letters
 * that are drawn as nothing (the Hangul fillers among them). Names, file contents and messages come from machines that
 * may be compromised: sent as they are, an escape sequence would run in the operator's terminal, a reordering mark would
 * show a path that is not the path (CVE-2021-42574), and what is not seen would not be approved.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0]/gu;

/** Nearly everything is; that nothing is hidden in it is seen without tables of Unicode. */
const plain = /^[\u0020-\u007e\n\t]*$/;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

/** One line that is safe to show: what would not be seen is written out, none of it is sent. */
export function printable(text: string): string {
  return text.replace(hidden, escaped);
}

/** The same for a line whose tabs matter, as those of a file do. */
export function printableLine(line: string): string {
  return line.replace(hidden, (character) => (character === '\t' ? character : escaped(character)));
}

/** The same for text of several lines. */
export function printableText(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(hidden, (character) =>
    character === '\t' || character === '\n' ? character : escaped(character),
  );
}

/** What `paint.ts` puts around words: bold, dim and the base colours it uses, and their ends. */
let paintOrHidden: RegExp | undefined;

/** The last wall before a terminal: lines, tabs and nodemend's own colours pass. */
export function printableOutput(text: string, colour: boolean): string {
  if (!colour) return printableText(text);
  // Made where there is colour: it takes half a millisecond.
  paintOrHidden ??= new RegExp(`\u001b\\[(?:1|2|22|31|32|33|35|36|39)m|${hidden.source}`, 'gu');
  return text.replace(paintOrHidden, (found) =>
    found.length > 2 || found === '\t' || found === '\n' ? found : escaped(found),
  );
}

const longest = 200;

/** Text of any shape in one line: controls and line ends become blanks, what else is not seen is written out. */
export function singleLine(text: string): string {
  return printable(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '))
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}

/** The last words of a program or a server in one line for people, and not long. */
export function inOneLine(text: string): string {
  const line = singleLine(text);
  return line.length > longest ? `…${line.slice(-longest)}` : line;
}

/** At most so many characters of it; `…` stands for the rest. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 2);
  const isHalf = last >= 0xd800 && last < 0xdc00;
  return `${text.slice(0, most - (isHalf ? 2 : 1))}…`;
}

/** JSON, or YAML whose hidden characters are all in double quotes, safe to show; it is read back as the same. */
export function printableJson(json: string): string {
  return json.replace(hidden, (character) =>
    character === '\n' || character === '\t' ? character : inUnits(character),
  );
}

/** Whether the text holds anything that is not seen, line feeds and tabs apart. */
export function hidesSomething(text: string): boolean {
  return printableText(text) !== text;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return named[character] ?? `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\u{${hex(code, 4)}}` : `\\u${hex(code, 4)}`;
}

/** As JSON and YAML write it: `\uXXXX` for each unit of UTF-16. */
function inUnits(character: string): string {
  return character.split('').reduce((text, unit) => `${text}\\u${hex(unit.charCodeAt(0), 4)}`, '');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
