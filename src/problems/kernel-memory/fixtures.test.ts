import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixturesOf } from '../testing/problem-fixtures.ts';
import { diagnose } from './diagnose.ts';
import { problemId } from './meta.ts';
import { states } from './testing/fixture-states.ts';

const folder = join(import.meta.dirname, 'fixtures');

if (process.env['NODEMEND_WRITE_FIXTURES']) {
  for (const [name, evidence] of Object.entries(states))
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(evidence, null, 1)}\n`);
}

test('every state has its fixture, and every fixture its state', () => {
  expect(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted(),
  ).toEqual(
    Object.keys(states)
      .map((name) => `${name}.json`)
      .toSorted(),
  );
});

describe.each(fixturesOf(problemId))('$name', ({ name, evidence }) => {
  test('is what its state says, and is found as its name says', () => {
    expect(evidence).toEqual(JSON.parse(JSON.stringify(states[name])));
    expect(
      diagnose(evidence)
        .map(({ status, rule }) => `${status}-${rule}-`)
        .filter((found) => `${name}-`.startsWith(found)),
    ).toHaveLength(1);
  });
});
