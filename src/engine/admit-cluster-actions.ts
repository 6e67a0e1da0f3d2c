import { clusterActionKind } from '../actions/cluster-action-kinds.ts';
import type { ClusterActionSpec } from '../actions/cluster-action-kinds.ts';
import { objectWords } from '../actions/object-words.ts';
import type { Finding } from '../problems/problem.ts';
import { engineRefusals } from './engine-refusals.ts';
import type { Plan, PlanTarget } from './plan.ts';

type Refusal = Plan['refused'][number];

export interface AdmittedObjects {
  readonly clusterActions: readonly ClusterActionSpec[];
  readonly refused: readonly Refusal[];
}

/**
 * The actions on objects that may stand in one plan, in the problems' own order; of two that would change the same
 * place the first is kept. Pure.
 */
export function admitClusterActions(
  drafted: readonly ClusterActionSpec[],
  findings: readonly Finding[],
  target: PlanTarget,
): AdmittedObjects {
  const taken = new Set<string>();
  const clusterActions: ClusterActionSpec[] = [];
  const refused: Refusal[] = [];
  for (const action of drafted) {
    const places = [action.id, ...clusterActionKind(action.kind).conflictKeys(action)];
    const key =
      target.kind === 'cluster'
        ? places.some((place) => taken.has(place))
          ? engineRefusals.conflict
          : undefined
        : engineRefusals.noCluster;
    if (key === undefined) clusterActions.push(action);
    else refused.push(...refusalsFor(action, key, findings));
    for (const place of places) taken.add(place);
  }
  return { clusterActions, refused };
}

function refusalsFor(
  { problem, cures, object }: ClusterActionSpec,
  key: string,
  findings: readonly Finding[],
): readonly Refusal[] {
  const known = new Set(findings.map(({ fingerprint }) => fingerprint));
  const words = objectWords(object);
  return cures
    .filter((one) => known.has(one))
    .map((fingerprint) => ({
      problem,
      fingerprint,
      node: '',
      object: words,
      key,
      params: { node: words, path: words },
    }));
}
