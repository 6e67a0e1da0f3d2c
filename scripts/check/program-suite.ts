import type { Suite } from './suite.ts';
import { runProgram } from './run-program.ts';

/** A suite that is one program: it passes or fails as a whole. */
export function programSuite(name: string, [program, ...args]: readonly [string, ...string[]], early = false): Suite {
  return {
    name,
    early,
    run: async () => {
      const { exitCode, output } = await runProgram(program, args);
      const failed = exitCode === 0 ? 0 : 1;
      return { passed: 1 - failed, failed, failures: failed ? [`exit code ${exitCode}`] : [], output };
    },
  };
}
