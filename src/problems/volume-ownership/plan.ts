import { nothingPlanned } from '../kit/plan-parts.ts';
import type { ProblemPlan } from '../problem.ts';

/** Who owns a workload decides how its pods are made: the patch is said (`owner-patch.ts`), and never applied. */
export function plan(): ProblemPlan {
  return nothingPlanned;
}
