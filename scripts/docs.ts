/**
 * Writes the generated reference into `docs/reference/`, and the table of problems into the READMEs. With `--check`
 * nothing is written: it ends with 1 and names each file that is missing or not what would be written.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { cliHelpPages } from './docs/cli-help.ts';
import { configurationPages } from './docs/configuration.ts';
import { errorPages } from './docs/errors.ts';
import { exitCodePages } from './docs/exit-codes.ts';
import { glossaryPages } from './docs/glossary.ts';

import type { Page } from './docs/page.ts';
import { problemTablePages } from './docs/problem-table.ts';
import { schemaPages } from './docs/schemas.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const root = join(import.meta.dirname, '..');
const pages: readonly Page[] = [
  ...errorPages,
  ...exitCodePages,
  ...configurationPages,
  ...glossaryPages,
  ...schemaPages,
  ...cliHelpPages,
  ...problemTablePages,
];

const stale: string[] = [];
for (const { path, render } of pages) {
  const text = await render();
  if (text === current(join(root, path))) continue;
  stale.push(path);
  if (!values.check) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

if (values.check && stale.length > 0) {
  console.error(`Stale, run npm run docs:\n${stale.map((path) => `  ${path}`).join('\n')}`);
  process.exitCode = 1;
} else {
  console.log(values.check ? `${pages.length} pages are current` : `${stale.length} of ${pages.length} pages written`);
}

function current(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
