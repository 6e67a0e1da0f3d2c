import type { NodeEvidence } from '../../../evidence/evidence.ts';
import type { ProblemPlan } from '../../problem.ts';

/** What one part of the plan is made from. */
export interface MirrorScene {
  readonly node: NodeEvidence;
  /** Findings that the part answers. */
  readonly cures: readonly string[];
}

export function joined(plans: readonly ProblemPlan[]): ProblemPlan {
  return { actions: plans.flatMap(({ actions }) => actions), refused: plans.flatMap(({ refused }) => refused) };
}

export function refusal(
  { cures }: MirrorScene,
  why: string,
  params: ProblemPlan['refused'][number]['params'],
): ProblemPlan {
  return { actions: [], refused: cures.map((fingerprint) => ({ fingerprint, key: `refused.${why}`, params })) };
}
