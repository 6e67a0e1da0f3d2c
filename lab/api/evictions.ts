import { fieldAt, isFields, textAt, type KubeObject } from './objects.ts';
import type { ApiRequest, Target } from './request.ts';
import { kinds } from './resources.ts';
import { refusal, type Refusal } from './status.ts';
import type { ObjectStore } from './store.ts';

const pods = kinds.Pod;
const budgets = kinds.PodDisruptionBudget;

/**
 * POST to a pod's eviction subresource. Budgets are counted when they are asked for; answers as in
 * kubernetes/pkg/registry/core/pod/storage/eviction.go.
 */
export function evict(
  store: ObjectStore,
  request: ApiRequest,
  target: Target,
): { readonly body: object } | { readonly refused: Refusal } {
  const found = store.get(pods, target.namespace, target.name);
  if ('refused' in found) return found;
  const refused = preconditionRefusal(request.body, found.object) ?? budgetRefusal(store, found.object);
  if (refused) return { refused };
  store.remove(pods, target.namespace, target.name, { dryRun: isDryRun(request) });
  return { body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}

/** An eviction says it in its body, other requests in their query. */
function isDryRun({ body, query }: ApiRequest): boolean {
  const inBody = isFields(body) ? fieldAt(body, 'deleteOptions.dryRun') : undefined;
  return query.get('dryRun') === 'All' || (Array.isArray(inBody) && inBody.includes('All'));
}

function preconditionRefusal(body: unknown, pod: KubeObject): Refusal | undefined {
  const wanted = isFields(body) ? textAt(body, 'deleteOptions.preconditions.uid') : '';
  if (wanted === '' || wanted === pod.metadata.uid) return undefined;
  const { name, uid } = pod.metadata;
  const why =
    `the UID in the precondition (${wanted}) does not match the UID in record (${uid}). The object might ` +
    'have been deleted and then recreated';
  return refusal(409, 'Conflict', `Operation cannot be fulfilled on Pod "${name}": ${why}`, {
    details: { name, kind: 'Pod' },
  });
}

function budgetRefusal(store: ObjectStore, pod: KubeObject): Refusal | undefined {
  const phase = fieldAt(pod, 'status.phase');
  if (phase === 'Pending' || phase === 'Succeeded' || phase === 'Failed') return undefined;
  const namespace = pod.metadata.namespace ?? '';
  const mine = store.list(budgets, namespace).filter((budget) => selects(budget, pod));
  if (mine.length > 1) {
    const why = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    return refusal(500, '', why);
  }
  const budget = mine[0];
  if (!budget) return undefined;
  if (isStale(budget)) {
    const message = `The disruption budget ${budget.metadata.name} is still being processed by the server.`;
    const details = { causes: [{ reason: 'DisruptionBudget', message }], retryAfterSeconds: 10 };
    return refusal(429, 'TooManyRequests', violation, { details, retryAfterSeconds: 10 });
  }
  const guarded = store.list(pods, namespace).filter((other) => selects(budget, other));
  const healthy = guarded.filter(isReady).length;
  const needed = neededHealthy(budget, guarded.length);
  if (healthy - 1 >= needed) return undefined;
  const message = `The disruption budget ${budget.metadata.name} needs ${needed} healthy pods and has ${healthy} currently`;
  return refusal(429, 'TooManyRequests', violation, { details: { causes: [{ reason: 'DisruptionBudget', message }] } });
}

const violation = "Cannot evict pod as it would violate the pod's disruption budget.";

/** Changed since the controller last counted. */
function isStale(budget: KubeObject): boolean {
  return (
    Number(fieldAt(budget, 'status.observedGeneration') ?? 0) < Number(fieldAt(budget, 'metadata.generation') ?? 0)
  );
}

/** An empty selector selects every pod of the namespace (policy/v1). */
function selects(budget: KubeObject, pod: KubeObject): boolean {
  const wanted = fieldAt(budget, 'spec.selector.matchLabels');
  return Object.entries(isFields(wanted) ? wanted : {}).every(([key, value]) => pod.metadata.labels?.[key] === value);
}

function isReady(pod: KubeObject): boolean {
  const conditions = fieldAt(pod, 'status.conditions');
  return (
    Array.isArray(conditions) &&
    conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')
  );
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
