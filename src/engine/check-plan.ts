import type { ApiNodeState } from './rollout/cluster-nodes.ts';
import type { Plan, PlanNode } from './plan.ts';

/** One thing that is no longer what the plan was made from. */
export interface Moved {
  /** Absent for the cluster itself. */
  readonly node?: string;
  readonly what: 'cluster' | 'node-uid' | 'node-gone' | 'host-key' | 'target';
  readonly planned: string;
  readonly found: string;
}

/** The cluster as it is now. */
export interface ObservedCluster {
  readonly uid: string;
  readonly nodes: readonly ApiNodeState[];
}

/**
 * Compares a plan with the cluster as it is: another cluster behind the same context, or a node that was replaced under
 * the same name. What only the node itself can tell (machine id, boot id) is compared there, before anything is
 * written. Pure.
 */
export function movedInCluster(plan: Plan, cluster: ObservedCluster): readonly Moved[] {
  if (plan.target.kind !== 'cluster') return [];
  if (plan.target.uid !== cluster.uid) return [{ what: 'cluster', planned: plan.target.uid, found: cluster.uid }];
  const now = new Map(cluster.nodes.map((node) => [node.name, node.uid]));
  return plan.nodes.flatMap((node) => movedNode(node, now.get(node.name)));
}

function movedNode(node: PlanNode, uid: string | undefined): readonly Moved[] {
  const planned = node.uid ?? '-';
  if (uid === undefined) return [{ node: node.name, what: 'node-gone', planned, found: '-' }];
  return uid === planned ? [] : [{ node: node.name, what: 'node-uid', planned, found: uid }];
}

/** Nodes of the plan that nobody told us how to reach any more. */
export function movedTargets(plan: Plan, targets: ReadonlySet<string>): readonly Moved[] {
  return plan.nodes.flatMap(({ name }) =>
    targets.has(name) ? [] : [{ node: name, what: 'target' as const, planned: name, found: '-' }],
  );
}

/** Whether the host that answered is the one of the plan. A key is only compared where both were seen. */
export function movedHostKey(node: PlanNode, found: string | undefined): readonly Moved[] {
  if (node.hostKey === undefined || found === undefined || node.hostKey === found) return [];
  return [{ node: node.name, what: 'host-key', planned: node.hostKey, found }];
}

const shown = 5;

/** For people, in one line. */
export function movedText(moved: readonly Moved[]): string {
  const lines = moved
    .slice(0, shown)
    .map((one) => `${one.node ? `${one.node}: ` : ''}${one.what} ${one.planned} → ${one.found}`);
  return moved.length > shown ? `${lines.join(', ')}, … (${moved.length})` : lines.join(', ');
}
