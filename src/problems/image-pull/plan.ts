import { joinedPlans } from '../kit/plan-parts.ts';
import type { PlanInput, ProblemPlan } from '../problem.ts';
import type { ImagePullInputs } from './inputs.ts';
import { planMirrors } from './mirrors/mirror-plan.ts';
import { planRetired } from './retired/retired-plan.ts';

const parts: readonly ((input: PlanInput<ImagePullInputs>) => ProblemPlan)[] = [planRetired, planMirrors];

/**
 * Nothing is changed unless its remedy was named: what a pull needs is decided by whoever owns the registry and the
 * workload.
 */
export function plan(input: PlanInput<ImagePullInputs>): ProblemPlan {
  return joinedPlans(parts.map((part) => part(input)));
}
