import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import { fixturesOf, problemFolder } from './problem-fixtures.ts';

/**
 * The fixtures of a problem that are made of states in memory: each has its state and each state its file, which says
 * what the state says and is found as its name says. NODEMEND_WRITE_FIXTURES=1 writes them again.
 */
export function describeFixtures(
  id: string,
  states: Readonly<Record<string, Evidence>>,
  diagnose: (evidence: Evidence) => readonly Finding[],
): void {
  const folder = join(problemFolder(id), 'fixtures');
  if (process.env['NODEMEND_WRITE_FIXTURES']) {
    for (const [name, evidence] of Object.entries(states))
      writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(evidence, null, 1)}\n`);
  }

  test('every state has its fixture, and every fixture its state', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(files.toSorted()).toEqual(
      Object.keys(states)
        .map((name) => `${name}.json`)
        .toSorted(),
    );
  });

  describe.each(fixturesOf(id))('$name', ({ name, evidence }) => {
    test('is what its state says, and is found as its name says', () => {
      expect(evidence).toEqual(JSON.parse(JSON.stringify(states[name])));
      expect(
        diagnose(evidence)
          .map(({ status, rule }) => `${status}-${rule}-`)
          .filter((found) => `${name}-`.startsWith(found)),
      ).toHaveLength(1);
    });
  });
}
