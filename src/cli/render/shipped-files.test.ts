import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textFiles } from '../../../test/texts/text-files.ts';
import { withShippedFiles } from './shipped-files.ts';

const root = join(import.meta.dirname, '../../..');
const hint = 'Run it with sudo, or try nodemend diagnose --bundle examples/sick-cluster.json, which needs nothing.';

test('a file that comes with nodemend is named by where it is', () => {
  expect(withShippedFiles(hint, '/home/kim')).toBe(hint.replace('examples/', `${root}/examples/`));
  expect(withShippedFiles(hint, root)).toBe(hint);
});

test.each(['--what-if deploy/web=5', 'docs/none.md', 'https://example.com/docs/testing.md', 'my-deploy/job.yaml'])(
  '%s is none of them',
  (text) => expect(withShippedFiles(text, '/home/kim')).toBe(text),
);

test('every file that a text names is there', () => {
  const named = textFiles().flatMap(({ name, texts }) =>
    [...texts.en.values(), ...texts.ko.values()].flatMap((text) =>
      [...text.matchAll(/(?<![\w/.-])(?:deploy|docs|examples)\/[\w./-]*\w/g)].map(([path]) => ({ name, path })),
    ),
  );

  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
});
