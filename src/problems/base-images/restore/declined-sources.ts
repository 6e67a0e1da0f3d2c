import type { SourceCluster } from '../../../images/sources/candidates.ts';
import type { DeclinedSource } from '../../../images/sources/choose-source.ts';
import { nksName, withdrawnRegistry } from '../../../platforms/nks/registry.ts';
import { currentName } from '../../../images/sources/name-map.ts';
import { isInvalid, parseReference } from '../../../registry/reference/image-reference.ts';
import { joinedPlans, refusedPlan } from '../../kit/plan-parts.ts';
import type { PlanInput, ProblemPlan } from '../../problem.ts';
import type { BaseImagesInputs } from '../inputs.ts';

interface Declined {
  readonly image: string;
  readonly declined: readonly DeclinedSource[];
  readonly cures: string;
  readonly input: PlanInput<BaseImagesInputs>;
  readonly cluster: SourceCluster;
}

const foldedStates = [
  'absent',
  'denied',
  'other-platform',
  'not-asked',
  'cri-login',
  'ambiguous',
  'docker-name',
] as const;

/** Why an image comes from nowhere: each place that was looked at, those alike together, and what would be one more. */
export function declinedPlan(given: Declined): ProblemPlan {
  const { image, declined, cures } = given;
  const refuse = (why: string, params = {}): ProblemPlan => refusedPlan([cures], why, { image, ...params });
  const byState = Map.groupBy(declined, ({ why: { state } }) => (state === 'not-saved' ? 'not-asked' : state));
  const folded = foldedStates.flatMap((state) => {
    const named = byState.get(state) ?? [];
    return named.length === 0 ? [] : [refuse(`source-${state}`, { sources: named.map((one) => one.named).join(', ') })];
  });
  const each = declined.flatMap(({ named, why }): readonly ProblemPlan[] => {
    if (why.state === 'unknown') return [refuse('source-unknown', { source: named, detail: why.detail })];
    if ('digest' in why) return [refuse(`source-${why.state}`, { source: named, digest: why.digest })];
    return [];
  });
  return joinedPlans([
    refuse('restore-no-source'),
    ...folded,
    ...each,
    ...(isRegistryUnknown(given) ? [refuse('source-nks-off')] : []),
    ...(declined.some(({ kind }) => kind === 'guide') ? [refuse('source-withdrawn', withdrawnRegistry)] : []),
  ]);
}

/**
 * On NKS, for an image that its registry has, where neither the configuration nor an image of the cluster says which
 * registry that is, and the one of the region did not answer.
 */
function isRegistryUnknown({ image, declined, input: { sources }, cluster }: Declined): boolean {
  const reference = parseReference(image);
  if (!cluster.isNks || isInvalid(reference)) return false;
  const isKnown = sources?.settings.nksRegistryUrl !== undefined || (cluster.nksRegistries ?? []).length > 0;
  const answered = declined.some(({ kind, why }) => kind === 'region' && !silent.has(why.state));
  const hasIt = nksName(currentName(`${reference.registry}/${reference.repository}`)) !== undefined;
  return hasIt && !isKnown && !answered;
}

const silent: ReadonlySet<DeclinedSource['why']['state']> = new Set(['unknown', 'not-asked', 'denied']);
