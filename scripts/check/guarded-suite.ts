import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { captureMachine, machineChanges } from '../../test/canary.ts';
import { leftoverProcesses } from './leftover-processes.ts';
import type { Suite } from './suite.ts';

/** Mark in the environment of everything that a guarded suite starts. */
const mark = 'NODEMEND_CHECK';

/** Processes that are just ending are given this long, milliseconds. */
const grace = 2_000;

/**
 * A suite that must leave the machine as it was (`test/canary.ts`: /etc, kernel settings, network, mounts), and no
 * process of its own behind. `make` gets the environment to run it with. Counts as one more test.
 */
export function guardedSuite(make: (environment: Readonly<Record<string, string>>) => Suite): Suite {
  const id = randomUUID();
  const suite = make({ [mark]: id });
  return {
    ...suite,
    run: async (without) => {
      const before = captureMachine();
      const result = await suite.run(without);
      const left = await processesLeft(id);
      const findings = [
        ...machineChanges(before, captureMachine()).map((line) => `changed on this machine: ${line}`),
        ...left,
      ];
      const failed = findings.length > 0 ? 1 : 0;
      return {
        ...result,
        passed: result.passed + 1 - failed,
        failed: result.failed + failed,
        failures: [...result.failures, ...findings],
      };
    },
  };
}

async function processesLeft(id: string): Promise<readonly string[]> {
  const end = Date.now() + grace;
  while (leftoverProcesses(mark, id).length > 0 && Date.now() < end) await sleep(100);
  return leftoverProcesses(mark, id).map((process) => `left running: ${process}`);
}
