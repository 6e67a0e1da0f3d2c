import { nothingPlanned } from '../kit/plan-parts.ts';
import type { ProblemPlan } from '../problem.ts';

/** What is found is said; images are not brought back yet. */
export function plan(): ProblemPlan {
  return nothingPlanned;
}
