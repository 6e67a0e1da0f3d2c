import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../build/options.ts';

test('every decision is in the table of the first page, and no other', () => {
  const folder = join(root, 'docs/decisions');
  const [first = '', ...pages] = readdirSync(folder).toSorted();
  const listed = [...readFileSync(join(folder, first), 'utf8').matchAll(/^\| \[\d{4}\]\((.*)\) \| \S/gm)];

  expect(listed.map(([, file]) => file)).toEqual(pages);
});
