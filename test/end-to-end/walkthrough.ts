import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The commands of nodemend that a section of a page tells people to type, in order, without the remarks behind them.
 */
export function walkthrough(page: string, heading: string): readonly (readonly string[])[] {
  const lines = section(page, heading)
    .split('\n')
    .flatMap((line) => /^ {4}nodemend (.*)$/.exec(line)?.[1] ?? []);
  return lines.map((line) => (line.split(/ +# /)[0] ?? line).trim().split(/ +/));
}

/**
 * What a page, or one section of it, tells people to type: in blocks, where a remark may stand behind it, in tables and in
 * the text; in order. What nodemend prints, `nodemend schedule=…`, is none of it.
 */
export function commandsOf(page: string, heading?: string): readonly string[] {
  const text = heading === undefined ? whole(page) : section(page, heading);
  return [
    ...text.matchAll(/^ {4}((?:nodemend|journalctl|kubectl) (?!schedule=).*)$|`((?:nodemend|journalctl) [^`]+)`/gmu),
  ].map(([, line = '', inText = line]) => (inText.split(/ +# /u)[0] ?? '').trim().replaceAll(/ +/gu, ' '));
}

function section(page: string, heading: string): string {
  const [, behind = ''] = whole(page).split(`\n## ${heading}\n`);
  return behind.split('\n## ')[0] ?? '';
}

function whole(page: string): string {
  return readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
}
