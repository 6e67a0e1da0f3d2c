import { fieldAt, isFields, textAt, type KubeObject } from './objects.ts';
import type { ApiRequest, Target } from './request.ts';
import { kinds } from './resources.ts';
import { refusal, type Refusal } from './status.ts';
import type { ObjectStore, WriteOptions } from './store.ts';

const pods = kinds.Pod;
const budgets = kinds.PodDisruptionBudget;

/**
 * POST to a pod's eviction subresource. Budgets are counted when they are asked for; answers as in
 * kubernetes/pkg/registry/core/pod/storage/eviction.go.
 */
export function evict(store: ObjectStore, request: ApiRequest, target: Target, options: WriteOptions): { readonly body: object } | { readonly refused: Refusal } {
  const found = store.get(pods, target.namespace, target.name);
  if ('refused' in found) return found;
  const refused = preconditionRefusal(request.body, found.object) ?? budgetRefusal(store, found.object);
  if (refused) return { refused };
  store.remove(pods, target.namespace, target.name, options);
  return { body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}

function preconditionRefusal(body: unknown, pod: KubeObject): Refusal | undefined {
  const wanted = isFields(body) ? textAt(body, 'deleteOptions.preconditions.uid') : '';
  if (wanted === '' || wanted === pod.metadata.uid) return undefined;
  const why = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${pod.metadata.uid}`;
  return refusal(409, 'Conflict', `Operation cannot be fulfilled on pods "${pod.metadata.name}": ${why}`);
}

function budgetRefusal(store: ObjectStore, pod: KubeObject): Refusal | undefined {
  const phase = fieldAt(pod, 'status.phase');
  if (phase === 'Pending' || phase === 'Succeeded' || phase === 'Failed') return undefined;
  const namespace = pod.metadata.namespace ?? '';
  const mine = store.list(budgets, namespace).filter((budget) => selects(budget, pod));
  if (mine.length > 1) {
    const why = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    return refusal(500, 'InternalError', why);
  }
  const budget = mine[0];
  if (!budget) return undefined;
  const guarded = store.list(pods, namespace).filter((other) => selects(budget, other));
  const healthy = guarded.filter(isReady).length;
  const needed = neededHealthy(budget, guarded.length);
  if (healthy - 1 >= needed) return undefined;
  const message = `The disruption budget ${budget.metadata.name} needs ${needed} healthy pods and has ${healthy} currently`;
  return refusal(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    details: { causes: [{ reason: 'DisruptionBudget', message }] },
  });
}

/** An empty selector selects every pod of the namespace (policy/v1). */
function selects(budget: KubeObject, pod: KubeObject): boolean {
  const wanted = fieldAt(budget, 'spec.selector.matchLabels');
  return Object.entries(isFields(wanted) ? wanted : {}).every(([key, value]) => pod.metadata.labels?.[key] === value);
}

export function isReady(pod: KubeObject): boolean {
  const conditions = fieldAt(pod, 'status.conditions');
  return Array.isArray(conditions) && conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** `replicas` the workload wants is kept in the budget's status, because an evicted pod is not counted any more. */
function neededHealthy(budget: KubeObject, present: number): number {
  const expected = Math.max(Number(fieldAt(budget, 'status.expectedPods') ?? 0), present);
  const maxUnavailable = fieldAt(budget, 'spec.maxUnavailable');
  const minAvailable = fieldAt(budget, 'spec.minAvailable');
  return maxUnavailable === undefined ? count(minAvailable ?? 0, expected) : expected - count(maxUnavailable, expected);
}

/** A number, or a percentage rounded up. */
function count(value: unknown, of: number): number {
  if (typeof value === 'number') return value;
  return Math.ceil((Number(String(value).replace('%', '')) * of) / 100);
}
