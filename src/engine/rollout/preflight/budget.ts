import type { JsonObject } from '../../../kubernetes/api.ts';
import { object, text } from '../../../kubernetes/json-fields.ts';
import { readLabelSelector, selects, type LabelRequirement } from '../../../kubernetes/label-selector.ts';
import { hasFinished, type ClusterPod } from './cluster-pod.ts';

/** A PodDisruptionBudget of policy/v1, with what its controller counted. */
export interface Budget {
  readonly namespace: string;
  readonly name: string;
  readonly selector: readonly LabelRequirement[] | undefined;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  /** Evictions that the server let through and its controller has not seen end. */
  readonly disruptedPods: number;
  /** `unhealthyPodEvictionPolicy: AlwaysAllow`. */
  readonly alwaysAllowsUnhealthy: boolean;
}

export function readBudget(raw: JsonObject): Budget {
  const [metadata, spec, status] = [object(raw['metadata']), object(raw['spec']), object(raw['status'])];
  return {
    namespace: text(metadata['namespace']),
    name: text(metadata['name']),
    selector: readLabelSelector(spec['selector']),
    generation: number(metadata['generation']),
    observedGeneration: number(status['observedGeneration']),
    disruptionsAllowed: number(status['disruptionsAllowed']),
    currentHealthy: number(status['currentHealthy']),
    desiredHealthy: number(status['desiredHealthy']),
    expectedPods: number(status['expectedPods']),
    disruptedPods: Object.keys(object(status['disruptedPods'])).length,
    alwaysAllowsUnhealthy: spec['unhealthyPodEvictionPolicy'] === 'AlwaysAllow',
  };
}

/** What the API server would say to the eviction of a pod, from what is known of its budgets. */
export type EvictionAnswer =
  /** No budget is asked, or none is used up. */
  | { readonly answer: 'free' }
  /** One of those that the budget allows. */
  | { readonly answer: 'counted'; readonly budget: Budget }
  /** Not now; `always`: by its own rule the budget never allows one, as long as it guards as many pods as now. */
  | { readonly answer: 'refused'; readonly budget: Budget; readonly always: boolean }
  /** Does not heal by waiting. */
  | {
      readonly answer: 'impossible';
      readonly budgets: readonly Budget[];
      readonly why: 'two-budgets' | 'broken-status';
    }
  /** Its controller has not counted yet what is there. */
  | { readonly answer: 'unknown'; readonly budget: Budget };

/** `MaxDisruptedPodSize` of pkg/registry/core/pod/storage/eviction.go. */
const mostDisruptedPods = 2000;

/**
 * As the server decides it (kubernetes pkg/registry/core/pod/storage/eviction.go, Create and checkAndDecrement). A
 * budget that was changed since its controller looked, or that counts no pods although it selects this one, is unknown:
 * the server refuses for now, and nobody knows what it says next.
 */
export function evictionAnswer(pod: ClusterPod, budgets: readonly Budget[]): EvictionAnswer {
  if (pod.phase === 'Pending' || hasFinished(pod) || pod.deleting) return { answer: 'free' };
  const mine = budgets.filter((budget) => guards(budget, pod));
  const [budget] = mine;
  if (!budget) return { answer: 'free' };
  if (mine.length > 1) return { answer: 'impossible', budgets: mine, why: 'two-budgets' };
  return !pod.ready && letsUnhealthyGo(budget) ? { answer: 'free' } : countedBy(budget);
}

function countedBy(budget: Budget): EvictionAnswer {
  const { disruptionsAllowed, expectedPods } = budget;
  if (budget.observedGeneration < budget.generation) return { answer: 'unknown', budget };
  if (disruptionsAllowed < 0 || budget.disruptedPods > mostDisruptedPods)
    return { answer: 'impossible', budgets: [budget], why: 'broken-status' };
  if (disruptionsAllowed > 0) return { answer: 'counted', budget };
  if (expectedPods <= 0) return { answer: 'unknown', budget };
  return { answer: 'refused', budget, always: budget.desiredHealthy >= expectedPods };
}

function guards({ namespace, selector }: Budget, pod: ClusterPod): boolean {
  return namespace === pod.namespace && selects(selector, pod.labels);
}

function letsUnhealthyGo({ alwaysAllowsUnhealthy, currentHealthy, desiredHealthy }: Budget): boolean {
  return alwaysAllowsUnhealthy || (currentHealthy >= desiredHealthy && desiredHealthy > 0);
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
