import { NodemendError } from '../../errors/nodemend-error.ts';
import { movedInCluster, movedTargets, movedText } from '../check-plan.ts';
import { readMachineId } from '../journal/process-identity.ts';
import { planHash } from '../plan-hash.ts';
import type { Plan } from '../plan.ts';
import { newRunId } from '../run-id.ts';
import type { RunResult } from '../run.ts';
import { planBatches } from './batches.ts';
import type { NodeWork } from './change-node.ts';
import { readClusterNodes, readClusterUid, type ApiNodeState } from './cluster-nodes.ts';
import { guardPlan, isDisruptive } from './guards.ts';
import { batchCap } from './health.ts';
import { openSession } from './open-session.ts';
import { rollOut } from './roll-out.ts';
import { takeLease } from './run-lease.ts';
import type { RunWorld } from './run-request.ts';
import { soak } from './soak.ts';

export interface ApplyRequest extends RunWorld {
  readonly plan: Plan;
}

/**
 * Carries out a plan that was shown and approved.
 * @throws NodemendError before anything is written anywhere: PLAN_STALE, PLAN_TAMPERED, PLAN_EMPTY, PLAN_NEEDS_API,
 * DISRUPTION_NOT_ALLOWED, CONTROL_PLANE_NOT_NAMED, OWN_HOST_DISRUPTED, LEASE_HELD, CLUSTER_UNHEALTHY, JOURNAL_UNWRITABLE, API_….
 * What happens later is in the result.
 */
export async function applyPlan(request: ApplyRequest): Promise<RunResult> {
  const { plan } = request;
  if (plan.actions.length === 0) throw new NodemendError('PLAN_EMPTY');
  if (planHash(plan) !== plan.hash) throw new NodemendError('PLAN_TAMPERED', { file: 'plan' });
  const run = newRunId(plan.problems, new Date(request.timing?.now() ?? Date.now()));
  return withCluster(request, { run, plan }, async ({ nodes, lease, cap }) => {
    await request.journal.keepPlan(run, plan);
    const session = await openSession(request, {
      run,
      kind: 'apply',
      plan: plan.hash,
      problems: plan.problems,
      nodes: plan.nodes.map(({ name }) => name),
      lease,
    });
    try {
      return await rollOut(session, {
        nodes: plan.nodes,
        work: workOf(plan, () => 'fresh'),
        batches: planBatches(plan.nodes, { sizes: request.options.batches, cap }),
        finished: new Map(),
        soak: (changed) => soak(request, nodes, changed),
      });
    } finally {
      await session.journal.close();
    }
  });
}

export interface ReadyCluster {
  /** Empty without an API server. */
  readonly nodes: readonly ApiNodeState[];
  readonly lease: Awaited<ReturnType<typeof takeLease>>;
  /** Nodes at once. */
  readonly cap: number;
}

/** Holds the lease around the work, after the plan was compared with the cluster and found harmless. */
export async function withCluster<Answer>(
  world: RunWorld,
  { run, plan }: { readonly run: string; readonly plan: Plan },
  work: (ready: ReadyCluster) => Promise<Answer>,
): Promise<Answer> {
  requireTargets(plan, world);
  const lease = await takeLease(world, run);
  try {
    const nodes = await readCluster(plan, world);
    guardPlan(plan, world.options, { nodes, targets: world.targets, ownMachineId: readMachineId() });
    const { maxUnavailable } = world.options;
    const cap = batchCap({ nodes, targets: plan.nodes.length, maxUnavailable, disruptive: isDisruptive(plan) });
    return await work({ nodes, lease, cap });
  } finally {
    // It ends by itself; what was done is worth more than this error.
    await lease.release().catch(() => undefined);
  }
}

/** The work of each node of a plan, in the plan's order. */
export function workOf(plan: Plan, how: (node: string) => NodeWork['how']): ReadonlyMap<string, NodeWork> {
  const placed = plan.actions.map((action, order) => ({ action, order }));
  return new Map(
    plan.nodes.map(({ name, machineId }) => [
      name,
      { node: name, machineId, actions: placed.filter(({ action }) => action.node === name), how: how(name) },
    ]),
  );
}

function requireTargets(plan: Plan, world: RunWorld): void {
  if (plan.target.kind === 'cluster' && !world.api) throw new NodemendError('PLAN_NEEDS_API', { server: plan.target.server });
  const moved = movedTargets(plan, new Set(world.targets.map(({ name }) => name)));
  if (moved.length > 0) throw new NodemendError('PLAN_STALE', { what: movedText(moved) });
}

async function readCluster(plan: Plan, { api, signal }: RunWorld): Promise<readonly ApiNodeState[]> {
  if (!api || plan.target.kind === 'hosts') return [];
  const [uid, nodes] = await Promise.all([readClusterUid(api, signal), readClusterNodes(api, signal)]);
  const moved = movedInCluster(plan, { uid, nodes });
  if (moved.length > 0) throw new NodemendError('PLAN_STALE', { what: movedText(moved) });
  return nodes;
}
