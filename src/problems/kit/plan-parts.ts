import type { TextParams } from '../../locales/translator.ts';
import type { ProblemPlan } from '../problem.ts';

export const nothingPlanned: ProblemPlan = { actions: [], refused: [] };

/** The same plan, its actions on a node as one change beside the problem's others there (`PlannedAction.partOf`). */
export function asOneChange(partOf: string, plan: ProblemPlan): ProblemPlan {
  return { ...plan, actions: plan.actions.map((action) => ({ ...action, partOf })) };
}

/** Several plans in their order as one. */
export function joinedPlans(plans: readonly ProblemPlan[]): ProblemPlan {
  const clusterActions = plans.flatMap((plan) => plan.clusterActions ?? []);
  return {
    actions: plans.flatMap(({ actions }) => actions),
    ...(clusterActions.length === 0 ? {} : { clusterActions }),
    refused: plans.flatMap(({ refused }) => refused),
  };
}

/** Nothing for these findings, or their fingerprints; `why` names the text `refused.<why>`. */
export function refusedPlan(
  findings: readonly (string | { readonly fingerprint: string })[],
  why: string,
  params: TextParams,
): ProblemPlan {
  const refused = findings.map((finding) => ({
    fingerprint: typeof finding === 'string' ? finding : finding.fingerprint,
    key: `refused.${why}`,
    params,
  }));
  return { actions: [], refused };
}

export function fingerprintsOf(findings: readonly { readonly fingerprint: string }[]): readonly string[] {
  return findings.map(({ fingerprint }) => fingerprint);
}
