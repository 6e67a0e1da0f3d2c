import type { TextParams } from '../../locales/translator.ts';
import type { ProblemPlan } from '../problem.ts';
import type { Trouble } from './rules.ts';

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

/** Refused as it is where the finding is a failure; of a warning nobody has to do anything. */
export function optionalIfWarned({ status }: Trouble, plan: ProblemPlan): ProblemPlan {
  const refused = plan.refused.map((one) => (status === 'warn' ? { ...one, optional: true as const } : one));
  return { ...plan, refused };
}

export function fingerprintsOf(findings: readonly { readonly fingerprint: string }[]): readonly string[] {
  return findings.map(({ fingerprint }) => fingerprint);
}
