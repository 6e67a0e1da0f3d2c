import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The commands of nodemend that a section of a page tells people to type, in order, without the remarks behind them.
 */
export function walkthrough(page: string, heading: string): readonly (readonly string[])[] {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const lines = own.split('\n').flatMap((line) => /^ {4}nodemend (.*)$/.exec(line)?.[1] ?? []);
  return lines.map((line) => (line.split(/ +# /)[0] ?? line).trim().split(/ +/));
}
