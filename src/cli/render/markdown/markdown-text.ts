/**
 * Text as Markdown of CommonMark and GitHub, where nothing in a value is markup: values come from nodes, servers and
 * files, and a report is pasted where a link or a mention of somebody else has effects.
 */

/** What begins markup anywhere in a line. */
const special = /[\\`*_[\]<>~&!#$^]/g;
/** What begins a list or a heading underline at the start of a line. */
const first = /^(?:([-+=])|(\d+)([.)]))/;
/**
 * Written as numbers: addresses that readers make links of by themselves, mentions, and the bar that ends a cell of a
 * table, because readers differ in what a backslash before it means (cmark-gfm and markdown-it on two of them).
 */
const automatic = /:\/\/|www\.|@|\|/gi;

/** One line of a paragraph, a list or a cell of a table. */
export function inlineText(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const escaped = line
    .replaceAll(special, String.raw`\$&`)
    .replace(first, (_all, mark?: string, digits?: string, end?: string) =>
      mark === undefined ? `${digits}\\${end}` : `\\${mark}`,
    );
  return escaped.replaceAll(automatic, (found) =>
    found.replaceAll(/[^]/g, (character) => `&#${character.charCodeAt(0)};`),
  );
}

/**
 * Words to be read letter by letter: a command, a path, names. Whitespace becomes one blank, as everywhere in a code
 * span; with a bar in them they are plain text, which may stand in a table.
 */
export function codeSpan(text: string): string {
  if (text.includes('|')) return inlineText(text);
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return '';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  const padding = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${ticks}${padding}${line}${padding}${ticks}`;
}

/** Lines as they are; the fence is longer than any in them. */
export function fencedText(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.endsWith('\n') || text === '' ? text : `${text}\n`}${fence}\n`;
}

/** A table of cells that are Markdown of the functions above: none has a bar in it. */
export function markdownTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [line(headers), line(headers.map(() => '---')), ...rows.map(line)].join('');
}
