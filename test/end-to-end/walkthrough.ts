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

/** Those that a section has in its text and its tables, in order. */
export function examples(page: string, heading: string): readonly (readonly string[])[] {
  return [...section(page, heading).matchAll(/`nodemend ([^`]+)`/gu)].map(([, line = '']) => line.split(' '));
}

function section(page: string, heading: string): string {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
  const [, behind = ''] = text.split(`\n## ${heading}\n`);
  return behind.split('\n## ')[0] ?? '';
}
