import type { ActionSpec } from '../../actions/action-kinds.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeTarget } from '../../transport/transport.ts';
import type { Plan, PlanNode } from '../plan.ts';
import type { RunOptions } from '../run.ts';
import type { ApiNodeState } from './cluster-nodes.ts';
import type { OwnHost } from './own-host.ts';

export interface GuardFacts {
  readonly nodes: readonly ApiNodeState[];
  readonly targets: readonly NodeTarget[];
  /** The machine that nodemend runs on. */
  readonly own: OwnHost;
}

/**
 * What may never happen by accident. Pure.
 * @throws NodemendError DISRUPTION_NOT_ALLOWED, CONTROL_PLANE_NOT_NAMED, OWN_HOST_DISRUPTED, OWN_HOST_UNKNOWN.
 */
export function guardPlan(plan: Plan, options: RunOptions, facts: GuardFacts): void {
  requireAllowed(plan, options);
  guardNodes(plan, options, facts);
}

/** @throws NodemendError DISRUPTION_NOT_ALLOWED */
export function requireAllowed(plan: Plan, options: Pick<RunOptions, 'allow'>): void {
  const missing = [...plan.actions, ...(plan.clusterActions ?? [])].flatMap(({ disrupts }) =>
    disrupts && !options.allow.includes(disrupts) ? [disrupts] : [],
  );
  if (missing.length > 0)
    throw new NodemendError('DISRUPTION_NOT_ALLOWED', { what: [...new Set(missing)].toSorted().join(',') });
}

/** @throws NodemendError CONTROL_PLANE_NOT_NAMED, OWN_HOST_DISRUPTED, OWN_HOST_UNKNOWN */
export function guardNodes(plan: Plan, options: Pick<RunOptions, 'named'>, facts: GuardFacts): void {
  const controlPlane = new Set(facts.nodes.filter((node) => node.controlPlane).map(({ name }) => name));
  const unnamed = plan.nodes.filter(({ name }) => controlPlane.has(name) && !options.named.includes(name));
  if (unnamed.length > 0)
    throw new NodemendError('CONTROL_PLANE_NOT_NAMED', { nodes: unnamed.map(({ name }) => name).join(',') });

  const disrupted = new Set(plan.actions.filter(stopsSomething).map(({ node }) => node));
  const own = plan.nodes.find((node) => disrupted.has(node.name) && isOurs(node, facts));
  if (own) throw new NodemendError('OWN_HOST_DISRUPTED', { node: own.name });
  // A pod that does not know where it is may be on any of them.
  if (disrupted.size > 0 && facts.own.inPod && facts.own.node === undefined)
    throw new NodemendError('OWN_HOST_UNKNOWN', {});
}

/**
 * The same of one node that an undo reboots. Pure.
 * @throws NodemendError OWN_HOST_DISRUPTED, OWN_HOST_UNKNOWN.
 */
export function guardOwnHost(node: PlanNode, facts: Pick<GuardFacts, 'targets' | 'own'>): void {
  if (isOurs(node, facts)) throw new NodemendError('OWN_HOST_DISRUPTED', { node: node.name });
  if (facts.own.inPod && facts.own.node === undefined) throw new NodemendError('OWN_HOST_UNKNOWN', {});
}

/** The machine we run on, or one that our way to other nodes leads through. */
function isOurs({ name, machineId, bootId }: PlanNode, { targets, own }: Pick<GuardFacts, 'targets' | 'own'>): boolean {
  if (machineId === own.machineId && machineId !== '') return true;
  // A container has the kernel of its host, and no machine id of its own, or that of its image.
  if ((own.inPod || own.machineId === '') && bootId === own.bootId && bootId !== '') return true;
  if (own.inPod && name === own.node) return true;
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
