import { actionKind } from '../../actions/action-kinds.ts';
import { objectWords } from '../../actions/object-words.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Problem } from '../../problems/problem.ts';
import { findCheck } from '../find-check.ts';
import { planHash } from '../plan-hash.ts';
import type { Plan } from '../plan.ts';
import { newRunId } from '../run-id.ts';
import { strayPath } from '../written-paths.ts';
import type { RunResult } from '../run.ts';
import { batchesOf } from './batches.ts';
import { beginRecord } from './cluster-objects/run-record.ts';
import { requireOpenWindow } from './gates/closed-gate.ts';
import { workOf } from './node-work.ts';
import { openSession } from './open-session.ts';
import { rollOut } from './roll-out.ts';
import type { RunDependencies } from './run-request.ts';
import { soak } from './soak.ts';
import { withCluster } from './with-cluster.ts';

export interface ApplyRequest extends RunDependencies {
  readonly plan: Plan;
}

/**
 * Carries out a plan that was shown and approved.
 * @throws NodemendError before anything is written anywhere: PLAN_STALE, PLAN_TAMPERED, PLAN_EMPTY, PLAN_NEEDS_API,
 *   ACCESS_NOT_ASKED, CHECK_UNKNOWN, PLAN_PATH_REFUSED, DISRUPTION_NOT_ALLOWED, CONTROL_PLANE_NOT_NAMED,
 *   OWN_HOST_DISRUPTED, LEASE_HELD, CLUSTER_UNHEALTHY, JOURNAL_UNWRITABLE, API_…. What happens later is in the result.
 */
export async function applyPlan(request: ApplyRequest): Promise<RunResult> {
  const { plan } = request;
  const { clusterActions = [] } = plan;
  if (plan.actions.length === 0 && clusterActions.length === 0) throw new NodemendError('PLAN_EMPTY');
  if (plan.nodes.length > 0 && !request.transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'apply' });
  if (planHash(plan) !== plan.hash) throw new NodemendError('PLAN_TAMPERED', { file: 'plan' });
  requireChecks(plan, request.problems);
  requirePaths(plan, request.problems);
  requireOpenWindow(plan, request);
  const now = new Date(request.timing?.now() ?? Date.now());
  const run = newRunId(plan.problems, now);
  return withCluster(request, { run, plan }, async ({ nodes, lease, cap }) => {
    await request.journal.keepPlan(run, plan);
    const objects = await beginRecord(request, {
      run,
      plan,
      owner: request.options.owner,
      startedAt: now.toISOString(),
    });
    const session = await openSession(request, {
      run,
      kind: 'apply',
      plan: plan.hash,
      problems: plan.problems,
      nodes: plan.nodes.map(({ name }) => name),
      objects: clusterActions.map(({ object }) => objectWords(object)),
      lease,
    });
    try {
      return await rollOut(session, {
        nodes: plan.nodes,
        work: workOf(plan, () => ({ how: 'fresh', touched: false })),
        batches: batchesOf(plan, nodes, { options: request.options, cap }),
        ...(objects ? { objects } : {}),
        soak: (watched) => soak(request, nodes, watched),
      });
    } finally {
      await session.journal.close();
    }
  });
}

/** A plan that comes from elsewhere, or from a version that believed a node's paths, leads nowhere else either. */
function requirePaths(plan: Plan, problems: readonly Problem[]): void {
  for (const action of plan.actions) {
    const writes = problems.find(({ meta }) => meta.id === action.problem)?.meta.writes ?? [];
    const path = strayPath([action], writes);
    if (path !== undefined) throw new NodemendError('PLAN_PATH_REFUSED', { path, problem: action.problem });
  }
}

/** A check that this version does not have is noticed before the first node, and not on it. */
function requireChecks(plan: Plan, problems: readonly Problem[]): void {
  for (const reference of plan.actions.flatMap((action) => actionKind(action.kind).checks(action)))
    findCheck(problems, reference);
}
