import { NodemendError } from '../src/errors/nodemend-error.ts';
import { labHealCluster } from './cluster-faults.ts';
import { askLab } from './control-client.ts';
import type { Fault } from './faults.ts';
import type { LabChoice } from './lab-folder.ts';
import { labStatus } from './lab-status.ts';
import { namedNodes, runOnNodes } from './run-on-nodes.ts';

export interface LabBreakOptions extends LabChoice {
  readonly fault: Fault;
  /** Default: all. */
  readonly nodes?: readonly string[];
}

/** EX_UNAVAILABLE of sysexits.h: what a fault's script ends with on a node that cannot have the fault. */
const cannotHaveIt = 69;

/**
 * Injects a fault: the problem's own break.sh, inside the node roots.
 * @returns the nodes that have it now: those that cannot have it are passed over
 * @throws NodemendError LAB_FAULT_FAILED with what the script said on the first node where it failed, or when no node
 *   can have it
 */
export async function labBreak({ fault, ...options }: LabBreakOptions): Promise<readonly string[]> {
  const results = await runOnNodes({ ...options, script: fault.script, args: [fault.name] });
  const broken = results.filter(({ exitCode }) => exitCode === 0);
  const failed = results.find(({ exitCode }) => exitCode !== 0 && (exitCode !== cannotHaveIt || broken.length === 0));
  if (failed) {
    const detail = failed.output.trim().split('\n').at(-1) ?? '';
    throw new NodemendError('LAB_FAULT_FAILED', { fault: fault.name, node: failed.node, detail });
  }
  return broken.map(({ node }) => node);
}

/**
 * Gives nodes a fresh disk, as on the day they were made: every fault, those made of pods too, and every change of
 * nodemend is gone. Name, address, host key and machine id stay, the boot id is new.
 */
export async function labHeal(options: LabChoice & { readonly nodes?: readonly string[] }): Promise<readonly string[]> {
  const status = await labStatus(options);
  const nodes = namedNodes(options.nodes, status.nodes);
  await labHealCluster(status, nodes);
  await askLab(status.folder, status.name, { kind: 'renew', nodes });
  return nodes;
}
