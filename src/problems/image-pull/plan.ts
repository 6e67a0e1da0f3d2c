import type { PlanInput, ProblemPlan } from '../problem.ts';

/** Nothing is changed unless its remedy was named: what a pull needs is decided by whoever owns the registry and the workload. */
export function plan(_: PlanInput): ProblemPlan {
  return { actions: [], refused: [] };
}
