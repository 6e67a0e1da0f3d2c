import type { ActionSpec } from '../../actions/action.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeTarget } from '../../transport/transport.ts';
import type { Plan } from '../plan.ts';
import type { RunOptions } from '../run.ts';
import type { ApiNodeState } from './cluster-nodes.ts';

export interface GuardedWorld {
  readonly nodes: readonly ApiNodeState[];
  readonly targets: readonly NodeTarget[];
  /** Machine id of the machine that nodemend runs on; empty where it has none. */
  readonly ownMachineId: string;
}

/**
 * What may never happen by accident. Pure.
 * @throws NodemendError DISRUPTION_NOT_ALLOWED, CONTROL_PLANE_NOT_NAMED, OWN_HOST_DISRUPTED.
 */
export function guardPlan(plan: Plan, options: RunOptions, world: GuardedWorld): void {
  const missing = [...plan.actions, ...(plan.clusterActions ?? [])].flatMap(({ disrupts }) =>
    disrupts && !options.allow.includes(disrupts) ? [disrupts] : [],
  );
  if (missing.length > 0)
    throw new NodemendError('DISRUPTION_NOT_ALLOWED', { what: [...new Set(missing)].toSorted().join(',') });

  const controlPlane = new Set(world.nodes.filter((node) => node.controlPlane).map(({ name }) => name));
  const unnamed = plan.nodes.filter(({ name }) => controlPlane.has(name) && !options.named.includes(name));
  if (unnamed.length > 0)
    throw new NodemendError('CONTROL_PLANE_NOT_NAMED', { nodes: unnamed.map(({ name }) => name).join(',') });

  const disrupted = new Set(plan.actions.filter(stopsSomething).map(({ node }) => node));
  const own = plan.nodes.find(({ name, machineId }) => disrupted.has(name) && isOurs(name, machineId, world));
  if (own) throw new NodemendError('OWN_HOST_DISRUPTED', { node: own.name });
}

/** The machine we run on, or one that our way to other nodes leads through. */
function isOurs(name: string, machineId: string, { targets, ownMachineId }: GuardedWorld): boolean {
  if (machineId === ownMachineId && ownMachineId !== '') return true;
  const address = targets.find((target) => target.name === name)?.address;
  return targets.some(({ bastion }) => bastion !== undefined && bastion.address === address);
}

/** Whether what runs on a node is interrupted. Lines of logs that are lost interrupt nothing. */
export function isDisruptive(plan: Plan): boolean {
  return plan.actions.some(stopsSomething);
}

export function stopsSomething({ disrupts }: ActionSpec): boolean {
  return disrupts === 'reboot' || disrupts === 'restart';
}
