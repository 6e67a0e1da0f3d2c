import { runProgram, type ProgramResult } from '../lab/node-root/run-program.ts';
import type { TestbedStatus } from './testbed-status.ts';

/**
 * Without collecting garbage, up to a size that no answer of a testbed has: it lives for a tenth of a second, and would
 * spend a fifth of that on it (0.089 to 0.109 processor seconds of `get node`, 0.070 without). Tests that wait ask it again
 * and again.
 */
export const kubectlEnvironment = { GOGC: 'off', GOMEMLIMIT: '512MiB' } as const;

/** kubectl as the cluster's administrator. */
export function runKubectl(
  { kubectl, folder }: Pick<TestbedStatus, 'kubectl' | 'folder'>,
  args: readonly string[],
  input = '',
): Promise<ProgramResult> {
  const environment = { ...process.env, ...kubectlEnvironment };
  return runProgram(kubectl, ['--kubeconfig', folder.kubeconfig, ...args], input, environment);
}
