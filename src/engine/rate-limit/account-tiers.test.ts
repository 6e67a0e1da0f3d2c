import { expect, test } from 'vitest';
import { judgeTiers } from './account-tiers.ts';

test('which accounts cover what was measured, the smallest first', () => {
  const tiers = [
    { name: 'Team', pulls: undefined, windowSeconds: undefined },
    { name: 'larger', pulls: 900, windowSeconds: 21_600 },
    { name: 'told', pulls: 200, windowSeconds: undefined },
    { name: 'hourly', pulls: 42, windowSeconds: 3_600 },
  ];

  expect(judgeTiers(tiers, 41.2, 21_600)).toEqual([
    { name: 'told', pulls: 200, windowSeconds: 21_600, needed: 248, covers: false },
    { name: 'hourly', pulls: 42, windowSeconds: 3_600, needed: 42, covers: true },
    { name: 'larger', pulls: 900, windowSeconds: 21_600, needed: 248, covers: true },
    { name: 'Team', pulls: undefined, windowSeconds: 21_600, needed: 248, covers: true },
  ]);
});

test('a number without a window, of a registry that tells none, is not judged', () => {
  expect(judgeTiers([{ name: 'x', pulls: 200, windowSeconds: undefined }], 1, undefined)).toEqual([
    { name: 'x', pulls: 200, windowSeconds: undefined, needed: undefined, covers: undefined },
  ]);
});

test('what is covered to the last pull is covered', () => {
  expect(judgeTiers([{ name: 'x', pulls: 6, windowSeconds: 21_600 }], 1, undefined)).toMatchObject([{ covers: true }]);
  expect(judgeTiers([{ name: 'x', pulls: 6, windowSeconds: 21_600 }], 1.01, undefined)).toMatchObject([
    { covers: false },
  ]);
});
