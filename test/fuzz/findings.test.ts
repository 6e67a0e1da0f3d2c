import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fuzzOne, problemWith } from './fuzz-one.ts';
import { targets } from './targets.ts';

const folder = join(import.meta.dirname, 'findings');

describe('what fuzzing has found', () => {
  const found = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => ({ target: name, file })));

  it.each(found)('$target: $file', async ({ target, file }) => {
    expect(await problemWith(target, readFileSync(join(folder, target, file)))).toBeUndefined();
  });
});

describe('each reader', () => {
  it.each(targets)(
    '$name takes its seeds as they are, and the first changes to them',
    async ({ name, seeds, make }) => {
      const asTheyAre = make === undefined ? await Promise.all(seeds().map((seed) => problemWith(name, seed))) : [];
      const changed: unknown[] = [];
      for (let round = 0; round < 5; round += 1) changed.push(await fuzzOne(name, 'unit', round));

      expect([...asTheyAre, ...changed].filter((problem) => problem !== undefined)).toEqual([]);
    },
  );
});
