import { NodemendError } from '../../errors/nodemend-error.ts';
import { movedInCluster, movedTargets, movedText } from '../check-plan.ts';
import type { Plan } from '../plan.ts';
import { readClusterNodes, readClusterUid, type ApiNodeState } from './cluster-nodes.ts';
import { guardPlan, isDisruptive } from './guards.ts';
import { batchCap } from './health.ts';
import { ownHost } from './own-host.ts';
import { takeLease, type RunLease } from './run-lease.ts';
import type { RunDependencies } from './run-request.ts';

export interface ReadyCluster {
  /** Empty without an API server. */
  readonly nodes: readonly ApiNodeState[];
  readonly lease: RunLease;
  /** Nodes at once. */
  readonly cap: number;
}

/** Holds the lease around the work, after the plan was compared with the cluster and found harmless. */
export async function withCluster<Answer>(
  dependencies: RunDependencies,
  { run, plan }: { readonly run: string; readonly plan: Plan },
  work: (ready: ReadyCluster) => Promise<Answer>,
): Promise<Answer> {
  requireTargets(plan, dependencies);
  const lease = await takeLease(dependencies, run);
  try {
    const nodes = await readCluster(plan, dependencies);
    guardPlan(plan, dependencies.options, { nodes, targets: dependencies.targets, own: ownHost() });
    const { maxUnavailable } = dependencies.options;
    const cap = batchCap({ nodes, run, targets: plan.nodes.length, maxUnavailable, disruptive: isDisruptive(plan) });
    return await work({ nodes, lease, cap });
  } finally {
    await lease.release();
  }
}

function requireTargets(plan: Plan, dependencies: RunDependencies): void {
  if (plan.target.kind === 'cluster' && !dependencies.api)
    throw new NodemendError('PLAN_NEEDS_API', { server: plan.target.server });
  // By hosts nothing is known of what the cluster says of them: its control plane, its health, the uids of its nodes.
  if (plan.target.kind === 'hosts' && dependencies.api)
    throw new NodemendError('PLAN_OF_HOSTS', { server: dependencies.api.server });
  const moved = movedTargets(plan, new Set(dependencies.targets.map(({ name }) => name)));
  if (moved.length > 0) throw new NodemendError('PLAN_STALE', { what: movedText(moved) });
}

async function readCluster(plan: Plan, { api, signal }: RunDependencies): Promise<readonly ApiNodeState[]> {
  if (!api) return [];
  // A plan for objects alone touches no node.
  const [uid, nodes] = await Promise.all([
    readClusterUid(api, signal),
    plan.nodes.length === 0 ? [] : readClusterNodes(api, signal),
  ]);
  const moved = movedInCluster(plan, { uid, nodes });
  if (moved.length > 0) throw new NodemendError('PLAN_STALE', { what: movedText(moved) });
  return nodes;
}
