import type { ProblemPlan } from '../problem.ts';

/** The same plan, its actions on a node as one change beside the problem's others there (`PlannedAction.partOf`). */
export function asOneChange(partOf: string, plan: ProblemPlan): ProblemPlan {
  return { ...plan, actions: plan.actions.map((action) => ({ ...action, partOf })) };
}
