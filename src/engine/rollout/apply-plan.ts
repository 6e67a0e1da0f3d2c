import { actionKind } from '../../actions/action-kinds.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Problem } from '../../problems/problem.ts';
import { findCheck } from '../find-check.ts';
import { planHash } from '../plan-hash.ts';
import type { Plan } from '../plan.ts';
import { newRunId } from '../run-id.ts';
import type { RunResult } from '../run.ts';
import { planBatches } from './batches.ts';
import { workOf } from './node-work.ts';
import { openSession } from './open-session.ts';
import { rollOut } from './roll-out.ts';
import type { RunWorld } from './run-request.ts';
import { soak } from './soak.ts';
import { withCluster } from './with-cluster.ts';

export interface ApplyRequest extends RunWorld {
  readonly plan: Plan;
}

/**
 * Carries out a plan that was shown and approved.
 * @throws NodemendError before anything is written anywhere: PLAN_STALE, PLAN_TAMPERED, PLAN_EMPTY, PLAN_NEEDS_API, CHECK_UNKNOWN,
 * DISRUPTION_NOT_ALLOWED, CONTROL_PLANE_NOT_NAMED, OWN_HOST_DISRUPTED, LEASE_HELD, CLUSTER_UNHEALTHY, JOURNAL_UNWRITABLE, API_….
 * What happens later is in the result.
 */
export async function applyPlan(request: ApplyRequest): Promise<RunResult> {
  const { plan } = request;
  if (plan.actions.length === 0) throw new NodemendError('PLAN_EMPTY');
  if (planHash(plan) !== plan.hash) throw new NodemendError('PLAN_TAMPERED', { file: 'plan' });
  requireChecks(plan, request.problems);
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
        work: workOf(plan, () => ({ how: 'fresh', touched: false })),
        batches: planBatches(plan.nodes, { sizes: request.options.batches, cap }),
        finished: new Map(),
        soak: (watched) => soak(request, nodes, watched),
      });
    } finally {
      await session.journal.close();
    }
  });
}

/** A check that this version does not have is noticed before the first node, and not on it. */
function requireChecks(plan: Plan, problems: readonly Problem[]): void {
  for (const reference of plan.actions.flatMap((action) => actionKind(action.kind).checks(action))) findCheck(problems, reference);
}
