import { NodemendError } from '../../errors/nodemend-error.ts';
import { nodesOf, type BatchSize } from './batch-size.ts';
import type { ApiNodeState } from './cluster-nodes.ts';

export interface HealthQuestion {
  /** Empty where there is no API server to ask. */
  readonly nodes: readonly ApiNodeState[];
  /** How many nodes the plan changes. */
  readonly targets: number;
  readonly maxUnavailable: BatchSize | undefined;
  /** Whether an action reboots or restarts something. */
  readonly disruptive: boolean;
}

/**
 * How many nodes may be in our hands at once. Nodes that are not ready, or were cordoned by others, already count; without
 * `--max-unavailable` it is one node for what disrupts and no limit for what does not. Pure.
 * @throws NodemendError CLUSTER_UNHEALTHY when nothing is left.
 */
export function batchCap({ nodes, targets, maxUnavailable, disruptive }: HealthQuestion): number {
  const limit = maxUnavailable ?? (disruptive ? { nodes: 1 } : undefined);
  if (!limit) return targets;
  const down = unavailable(nodes);
  const left = nodesOf(limit, targets) - down.length;
  if (left >= 1) return left;
  throw new NodemendError('CLUSTER_UNHEALTHY', { count: down.length, nodes: down.slice(0, 5).join(', '), max: nodesOf(limit, targets) });
}

/** Of the nodes that we changed, those that were ready before and are not any more. */
export function fallen(before: readonly ApiNodeState[], now: readonly ApiNodeState[], changed: ReadonlySet<string>): readonly string[] {
  const ready = new Set(now.filter((node) => node.ready).map(({ name }) => name));
  return before.filter((node) => node.ready && changed.has(node.name) && !ready.has(node.name)).map(({ name }) => name);
}

function unavailable(nodes: readonly ApiNodeState[]): readonly string[] {
  return nodes.filter((node) => !node.ready || node.unschedulable).map(({ name }) => name);
}
