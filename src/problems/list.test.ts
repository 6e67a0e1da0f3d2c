import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { problemCatalogue } from './index.ts';

const project = join(import.meta.dirname, '../..');

/** Every line of the product that takes something from another file: where it stands, and what it takes it from. */
const imports = ['src', 'lab'].flatMap((top) =>
  readdirSync(join(project, top), { recursive: true, encoding: 'utf8' })
    .map((name) => join(top, name))
    .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|\/(testing|fixtures)\//.test(path))
    .flatMap((path) =>
      readFileSync(join(project, path), 'utf8')
        .split('\n')
        .map((line) => ({ path, from: /(?:from |import\()'(\.[^'?]*)/.exec(line)?.[1] }))
        .flatMap(({ from }) => (from === undefined ? [] : [{ path, from: join(dirname(path), from) }])),
    ),
);

test('outside its folder each problem is one line of the list, and nothing else', () => {
  expect(imports.length).toBeGreaterThan(1000);
  const outside = problemCatalogue.map(({ meta: { id } }) => {
    const folder = `src/problems/${id}/`;
    const touched = imports.filter(({ path, from }) => from.startsWith(folder) && !path.startsWith(folder));
    return [id, touched.map(({ path, from }) => `${path}: ${relative(folder, from)}`)];
  });

  expect(outside).toEqual(problemCatalogue.map(({ meta }) => [meta.id, ['src/problems/list.ts: entry.ts']]));
});

test('they stand in the order of the guide', () => {
  const ids = problemCatalogue.map(({ meta }) => meta.id);

  expect(ids.slice(0, 2)).toEqual(['container-logs', 'image-pull']);
  expect(ids.indexOf('gpu-metrics')).toBeGreaterThan(ids.indexOf('upgrade-blockers'));
});
