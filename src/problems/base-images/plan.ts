import { joinedPlans } from '../kit/plan-parts.ts';
import type { PlanInput, ProblemPlan } from '../problem.ts';
import type { BaseImagesInputs } from './inputs.ts';
import { planRestores } from './restore/restore-plan.ts';

const parts: readonly ((input: PlanInput<BaseImagesInputs>) => ProblemPlan)[] = [planRestores];

/** Nothing is changed unless its remedy was named: images take room, and a way to come. */
export function plan(input: PlanInput<BaseImagesInputs>): ProblemPlan {
  return joinedPlans(parts.map((part) => part(input)));
}
