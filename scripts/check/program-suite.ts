import type { Need } from './needs.ts';
import { runProgram } from './run-program.ts';
import type { Suite } from './suite.ts';

interface ProgramSuiteOptions {
  readonly early?: boolean;
  readonly needs?: readonly Need[];
}

/** A suite that is one program: it passes or fails as a whole. */
export function programSuite(
  name: string,
  [program, ...args]: readonly [string, ...string[]],
  { early = false, needs = [] }: ProgramSuiteOptions = {},
): Suite {
  return {
    name,
    early,
    needs,
    run: async () => {
      const { exitCode, output } = await runProgram(program, args);
      const failed = exitCode === 0 ? 0 : 1;
      return { passed: 1 - failed, failed, failures: failed ? [`exit code ${exitCode}`] : [], output };
    },
  };
}
