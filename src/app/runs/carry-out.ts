import { requireShown } from '../../engine/hidden-lines.ts';
import type { Plan } from '../../engine/plan.ts';
import { applyPlan } from '../../engine/rollout/apply-plan.ts';
import { estimateRun, type RunEstimate } from '../../engine/rollout/estimate/estimate-run.ts';
import { requireOpenWindow } from '../../engine/rollout/gates/closed-gate.ts';
import { requireAllowed } from '../../engine/rollout/guards.ts';
import { planDrains, type PlannedDrains } from '../../engine/rollout/preflight/plan-drains.ts';
import { requirePrepared } from '../../engine/rollout/prepared.ts';
import type { RunDependencies } from '../../engine/rollout/run-request.ts';
import type { RunResult } from '../../engine/run.ts';
import type { Standing } from '../approvals/standing-approval.ts';
import type { NodemendError } from '../../errors/nodemend-error.ts';
import { needsPerson, requirePlanHash } from '../plans/plan-origin.ts';
import { isFullyObserved, isEmpty, saysNothing, type PlanScope } from '../plans/plan-scope.ts';
import type { SavedPlan } from '../plans/read-plan-file.ts';
import type { FoundNodes } from '../session/session.ts';

/** A plan that can be approved, made just now or read from a file. */
export interface Approvable extends FoundNodes {
  readonly plan: Plan;
  readonly nks: boolean;
  /** What it speaks of; a saved plan does not say. */
  readonly scope?: PlanScope;
  /** What the drains of a plan that reboots would meet. */
  readonly drains?: PlannedDrains | undefined;
}

export interface CarryOutRequest {
  /** Without its nodes: which they are is known when there is a plan. */
  readonly dependencies: RunDependencies;
  /** What the plan has to be within, where nobody is asked. */
  readonly standing?: Standing | undefined;
  /** Lines that look like secrets are shown, too, and so may be approved. */
  readonly showHidden?: boolean | undefined;
  /** Where the plan came from, if it was not made just now. */
  readonly saved?: SavedPlan | undefined;
  /** By which its approver named the plan, hex. */
  readonly planHash?: string | undefined;
  /** SHA-256 of the file that nodes are made equal to, hex; absent where there is none. */
  readonly source?: string | undefined;
  /** Shows the plan whole, before anything is asked of it. */
  readonly show: (change: Approvable) => void;
  /** Shows what it will take, where nodes are rebooted or it is all that was asked for. */
  readonly showEstimate: (estimate: RunEstimate) => void;
  /** Nothing is changed, and nobody is asked. */
  readonly dryRun?: boolean | undefined;
  /**
   * Resolves when somebody, or what stands for them, wants the plan carried out; `inPerson` is why nobody but a person
   * at a terminal can. @throws NodemendError APPROVAL_…
   */
  readonly approve: (plan: Plan, inPerson: NodemendError | undefined) => Promise<void>;
}

export interface CarriedOut {
  /** The code of a changing command: 6 also where something could not be seen, or was left to a person; 8 where nothing could. */
  readonly exitCode: number;
  /** Undefined where there was nothing to do. */
  readonly result?: RunResult;
}

/**
 * Shows a plan, has it approved and carries it out. @throws NodemendError PLAN_HIDES_CHANGES, PLAN_HASH_MISMATCH,
 * LEASE_NAMESPACE_MISSING, APPROVAL_…, and those of `applyPlan`
 */
export async function carryOut(change: Approvable, request: CarryOutRequest): Promise<CarriedOut> {
  const { dependencies, standing, source, showHidden, saved, planHash } = request;
  const { plan, targets } = change;
  const drains = await planDrains(plan, dependencies);
  request.show({ ...change, drains });
  if (!showHidden) requireShown(plan);
  standing?.require({ plan, source, selected: targets, unseen: unobservedNodes(change) });
  if (isEmpty(plan)) return { exitCode: emptyExit(change) };
  requirePlanHash(plan, planHash);
  await estimate(change, request);
  if (request.dryRun) return { exitCode: isWhole(change) ? 0 : 6 };
  await requirePrepared(plan, dependencies);
  requireOpenWindow(plan, dependencies);
  await request.approve(plan, saved && needsPerson(saved, planHash));
  const result = await applyPlan({ ...dependencies, targets, plan });
  return { result, exitCode: result.exitCode === 0 && !isWhole(change) ? 6 : result.exitCode };
}

/** Nothing to do is done, but not where of a problem nothing could be looked at. */
function emptyExit(change: Approvable): 0 | 6 | 8 {
  if (change.scope && saysNothing(change.plan, change.scope)) return 8;
  return isWhole(change) ? 0 : 6;
}

/**
 * What disturbs nothing is over soon: how soon is told where somebody asks. Nobody is asked to approve what was not
 * allowed.
 */
async function estimate(
  { plan, targets }: Approvable,
  { dependencies, showEstimate, dryRun }: CarryOutRequest,
): Promise<void> {
  const reboots = plan.actions.some(({ disrupts }) => disrupts === 'reboot');
  if (dryRun || reboots) showEstimate(await estimateRun({ ...dependencies, targets }, plan));
  if (!dryRun) requireAllowed(plan, dependencies.options);
}

/** A saved plan does not say; a standing approval is for none. */
function unobservedNodes({ scope }: Approvable): readonly string[] {
  return scope?.unseen ?? [];
}

/** What could not be seen, and what is left to a person, is not done. A warning may wait. */
function isWhole({ scope, plan }: Approvable): boolean {
  return (scope === undefined || isFullyObserved(scope)) && plan.refused.every(({ optional }) => optional === true);
}
