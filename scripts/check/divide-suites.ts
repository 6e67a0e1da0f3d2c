import type { Machine } from './machine.ts';
import { missingNeeds, type Need } from './needs.ts';
import type { Suite } from './suite.ts';

export interface RunnableSuite {
  readonly suite: Suite;
  /** Files of it whose own needs are not met. */
  readonly without: readonly string[];
}

export interface DividedSuites {
  readonly runnable: readonly RunnableSuite[];
  /** One line for each suite or file that this machine cannot run, with what is missing. */
  readonly notRun: readonly string[];
}

/** Looks what of the suites can be run here, before any of them starts. */
export function divideSuites(suites: readonly Suite[], machine: Machine): DividedSuites {
  const looked = suites.map((suite) => ({ suite, missing: line(suite.name, suite.needs, machine) }));
  const parts = looked
    .filter(({ missing }) => missing === undefined)
    .map(({ suite }) => ({
      suite,
      missing: (suite.files ?? []).map(({ path, needs }) => ({
        path,
        words: line(`${suite.name}, ${path}`, needs, machine),
      })),
    }));
  return {
    runnable: parts.map(({ suite, missing }) => ({
      suite,
      without: missing.filter(({ words }) => words !== undefined).map(({ path }) => path),
    })),
    notRun: [
      ...looked.flatMap(({ missing }) => missing ?? []),
      ...parts.flatMap(({ missing }) => missing.flatMap(({ words }) => words ?? [])),
    ],
  };
}

function line(name: string, needs: readonly Need[], machine: Machine): string | undefined {
  const missing = missingNeeds(needs, machine);
  return missing.length === 0 ? undefined : `${name}: needs ${missing.join('; ')}`;
}
