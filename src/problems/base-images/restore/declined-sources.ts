import type { SourceCluster } from '../../../images/sources/candidates.ts';
import type { DeclinedSource } from '../../../images/sources/choose-source.ts';
import { nearImageOf } from '../../../images/near-image.ts';
import { nksName, withdrawnRegistry } from '../../../platforms/nks/registry.ts';
import { currentName } from '../../../images/sources/name-map.ts';
import { restoreRemedy } from '../../../images/sources/restore-inputs.ts';
import { isInvalid, parseReference } from '../../../registry/reference/image-reference.ts';
import { joinedPlans, refusedPlan } from '../../kit/plan-parts.ts';
import type { PlanInput, ProblemPlan } from '../../problem.ts';
import type { BaseImagesInputs } from '../inputs.ts';

interface Declined {
  readonly image: string;
  readonly declined: readonly DeclinedSource[];
  readonly cures: string;
  /** Nobody needs it: it is restored because somebody typed its name. */
  readonly isTyped: boolean;
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
  const { image, declined, cures, isTyped, input, cluster } = given;
  const near = isTyped ? nearImageOf(input.evidence, image) : undefined;
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
    ...(near === undefined ? [] : [refuse('near-image', { ...near })]),
    refuse('restore-no-source'),
    ...folded,
    ...each,
    ...(cluster.isNks && isInNksRegistry(image) && isRegistryUnknown(given) ? [refuse('source-nks-off')] : []),
    ...(declined.some(({ kind }) => kind === 'guide') ? [refuse('source-withdrawn', withdrawnRegistry)] : []),
  ]);
}

/**
 * Where neither the configuration nor an image of the cluster says which registry is NKS's, and those of the region were
 * asked in vain. What was not to be asked, or not yet, may be there.
 */
function isRegistryUnknown({ declined, input: { sources, inputs }, cluster }: Declined): boolean {
  const isKnown = sources?.settings.nksRegistryUrl !== undefined || (cluster.nksRegistries ?? []).length > 0;
  const isAllowed = inputs?.[restoreRemedy]?.from?.has('region') !== false;
  const isSilent = declined.every(({ kind, why }) => kind !== 'region' || silent.has(why.state));
  return !isKnown && isAllowed && isSilent;
}

const silent: ReadonlySet<DeclinedSource['why']['state']> = new Set(['unknown', 'denied']);

function isInNksRegistry(image: string): boolean {
  const reference = parseReference(image);
  return !isInvalid(reference) && nksName(currentName(`${reference.registry}/${reference.repository}`)) !== undefined;
}
