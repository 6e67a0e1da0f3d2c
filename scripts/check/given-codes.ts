import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '../../src/errors/catalogue.ts';
import { givenByOthers, toldByPrograms, type Project } from '../../test/given-codes/given-by-others.ts';
import type { Suite } from './suite.ts';

/**
 * A suite whose tests must bring about every error code that is theirs: one that nothing gives is told to nobody, and one
 * that no test brings about is told without being tried. `test/given-codes/record.ts` writes down what was given. Counts
 * as one more test; where the suite failed, or could not run as a whole, nothing is asked of it.
 */
export function givenCodesSuite(
  projects: readonly Project[],
  make: (environment: Readonly<Record<string, string>>) => Suite,
): Suite {
  const file = join(tmpdir(), `nodemend-codes-${randomUUID()}`);
  const suite = make({ NODEMEND_GIVEN_CODES: file });
  return {
    ...suite,
    run: async (without = []) => {
      try {
        const result = await suite.run(without);
        if (result.failed > 0 || without.length > 0) return result;
        const given = givenIn(file);
        const failures = projects.flatMap((project) => notGiven(project, given));
        const failed = failures.length > 0 ? 1 : 0;
        return { ...result, passed: result.passed + 1 - failed, failed, failures };
      } finally {
        rmSync(file, { force: true });
      }
    },
  };
}

function givenIn(file: string): ReadonlySet<string> {
  return new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
}

/** One line for each code that is the project's and was not given. */
export function notGiven(project: Project, given: ReadonlySet<string>): readonly string[] {
  const others: Readonly<Record<string, Project>> = givenByOthers;
  return Object.keys(catalogue)
    .filter((code) => !(code in toldByPrograms) && (others[code] ?? 'unit') === project && !given.has(code))
    .map((code) => `no test of '${project}' brings about ${code}`);
}
