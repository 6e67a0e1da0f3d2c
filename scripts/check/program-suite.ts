import type { Suite } from './suite.ts';
import { runProgram } from './run-program.ts';

/** A suite that is one program: it passes or fails as a whole. `stream` prints as it comes, for one that takes minutes. */
export function programSuite(name: string, [program, ...args]: readonly [string, ...string[]], stream = false): Suite {
  return {
    name,
    run: async () => {
      const { exitCode, output } = await runProgram(program, args, { stream });
      const failed = exitCode === 0 ? 0 : 1;
      return { passed: 1 - failed, failed, failures: failed ? [`exit code ${exitCode}`] : [], output };
    },
  };
}
