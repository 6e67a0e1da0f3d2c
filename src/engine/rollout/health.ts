import { NodemendError } from '../../errors/nodemend-error.ts';
import { nodesOf, type BatchSize } from './batch-size.ts';
import type { ApiNodeState } from './cluster-nodes.ts';

export interface HealthQuestion {
  /** Empty where there is no API server to ask. */
  readonly nodes: readonly ApiNodeState[];
  /** A node that this run itself took out of service is in its hands already: it is not one more that is down. */
  readonly run?: string;
  /** How many nodes the plan changes. */
  readonly targets: number;
  readonly maxUnavailable: BatchSize | undefined;
  /** Whether an action reboots or restarts something. */
  readonly disruptive: boolean;
}

/**
 * How many nodes may be in our hands at once. Nodes that are not ready, or were cordoned by others, already count;
 * without `--max-unavailable` it is one node for what disrupts and no limit for what does not. Pure.
 * @throws NodemendError CLUSTER_UNHEALTHY when nothing is left.
 */
export function batchCap({ nodes, run, targets, maxUnavailable, disruptive }: HealthQuestion): number {
  const limit = maxUnavailable ?? (disruptive ? { nodes: 1 } : undefined);
  if (!limit) return targets;
  const down = unavailable(
    nodes.filter(({ outOfServiceBy }) => outOfServiceBy === undefined || outOfServiceBy !== run),
  );
  const left = nodesOf(limit, targets) - down.length;
  if (left >= 1) return left;
  throw new NodemendError('CLUSTER_UNHEALTHY', {
    count: down.length,
    nodes: down.slice(0, 5).join(', '),
    max: nodesOf(limit, targets),
  });
}

/** The nodes of a run, as far as the cluster is asked about them. */
export interface WatchedNodes {
  readonly changed: ReadonlySet<string>;
  /** Of those, the ones on which something was restarted or that were rebooted: they need a while. */
  readonly disturbed: ReadonlySet<string>;
  /**
   * Of those, the ones whose kubelet was started again: until it has posted a status, the server shows what the old one
   * said.
   */
  readonly reporting: ReadonlySet<string>;
}

/** Of the nodes that we changed, those that left the cluster, or whose name another machine has now. */
export function departed(
  before: readonly ApiNodeState[],
  now: readonly ApiNodeState[],
  { changed }: Pick<WatchedNodes, 'changed'>,
): readonly DepartedNode[] {
  const seen = new Map(now.map(({ name, uid }) => [name, uid]));
  return before
    .filter(({ name, uid }) => changed.has(name) && seen.get(name) !== uid)
    .map(({ name }) => ({ node: name, replaced: seen.has(name) }));
}

export interface DepartedNode {
  readonly node: string;
  /** Another machine has its name. */
  readonly replaced: boolean;
}

/** Of the nodes that we changed, those that were ready before and are not any more, or have not said so again. */
export function fallen(
  before: readonly ApiNodeState[],
  now: readonly ApiNodeState[],
  { changed, reporting }: WatchedNodes,
): readonly string[] {
  const seen = new Map(now.map((node) => [node.name, node]));
  const isBack = ({ name, heartbeat }: ApiNodeState): boolean => {
    const node = seen.get(name);
    return node?.ready === true && (!reporting.has(name) || node.heartbeat !== heartbeat);
  };
  return before.filter((node) => node.ready && changed.has(node.name) && !isBack(node)).map(({ name }) => name);
}

/** Names of those that are not ready, or that nothing is scheduled to. */
export function unavailable(nodes: readonly ApiNodeState[]): readonly string[] {
  return nodes.filter((node) => !node.ready || node.unschedulable).map(({ name }) => name);
}
