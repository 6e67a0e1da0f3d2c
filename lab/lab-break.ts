import { NodemendError } from '../src/errors/nodemend-error.ts';
import { askLab } from './control-client.ts';
import type { Fault } from './faults.ts';
import type { LabChoice } from './lab-folder.ts';
import { labStatus } from './lab-status.ts';
import { chosenNodes, runOnNodes } from './run-on-nodes.ts';

export interface LabBreakOptions extends LabChoice {
  readonly fault: Fault;
  /** Default: all. */
  readonly nodes?: readonly string[];
}

/**
 * Injects a fault: the problem's own break.sh, inside the node roots.
 * @returns the nodes it was injected on
 * @throws NodemendError LAB_FAULT_FAILED with what the script said on the first node where it failed
 */
export async function labBreak({ fault, ...options }: LabBreakOptions): Promise<readonly string[]> {
  const results = await runOnNodes({ ...options, script: fault.script, args: [fault.name] });
  const failed = results.find(({ exitCode }) => exitCode !== 0);
  if (failed) {
    const detail = failed.output.trim().split('\n').at(-1) ?? '';
    throw new NodemendError('LAB_FAULT_FAILED', { fault: fault.name, node: failed.node, detail });
  }
  return results.map(({ node }) => node);
}

/**
 * Gives nodes a fresh disk, as on the day they were made: every fault and every change of nodemend is gone. Name, address,
 * host key and machine id stay, the boot id is new.
 */
export async function labHeal(options: LabChoice & { readonly nodes?: readonly string[] }): Promise<readonly string[]> {
  const status = await labStatus(options);
  const nodes = chosenNodes(status, options.nodes);
  await askLab(status.folder, status.name, { kind: 'renew', nodes });
  return nodes;
}
