import { NodemendError } from '../errors/nodemend-error.ts';
import type { EvictOptions, EvictResult, JsonObject } from './api.ts';
import { apiPath } from './api-path.ts';
import type { Connection } from './connection.ts';
import { exchange, exchangeOnce } from './exchange.ts';
import type { ApiRequest } from './request.ts';
import { statusError, type ApiStatus } from './status-error.ts';

/**
 * Asks the server to evict a pod and says what it answered; nothing is repeated here, because a refusal by a budget is
 * a matter of the drain's deadline. Answers: kubernetes pkg/registry/core/pod/storage/eviction.go.
 * @throws NodemendError API_FORBIDDEN, API_UNAUTHORIZED, API_… for what is none of the outcomes.
 */
export async function evictPod(
  connection: Connection,
  version: EvictionVersion,
  pod: PodName,
  options: EvictOptions,
): Promise<EvictResult> {
  const request: ApiRequest = {
    method: 'POST',
    path: apiPath({
      group: '',
      version: 'v1',
      namespace: pod.namespace,
      resource: 'pods',
      name: pod.name,
      subresource: 'eviction',
    }),
    body: evictionBody(version, pod, options),
    signal: options.signal,
  };
  const outcome = await exchangeOnce(connection, request);
  if (outcome.ok) return { outcome: 'evicted' };
  const result = evictionResult(outcome.status, options.uid !== undefined);
  if (result === undefined) throw statusError(outcome.status, request, connection.access);
  return result;
}

/** What a refused eviction says; undefined for an error of another kind. */
export function evictionResult(status: ApiStatus, withUid: boolean): EvictResult | undefined {
  return refusals[status.code]?.(status, withUid);
}

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

export type EvictionVersion = 'v1' | 'v1beta1';

/**
 * The version of Eviction that this server takes: policy/v1 since 1.22, policy/v1beta1 before. Found as kubectl drain
 * does, in the discovery of the core group.
 * @throws NodemendError API_NOT_FOUND when the server has no eviction at all.
 */
export async function evictionVersion(connection: Connection): Promise<EvictionVersion> {
  const path = '/api/v1';
  const { resources } = (await exchange(connection, { method: 'GET', path })) as {
    readonly resources?: readonly JsonObject[];
  };
  const eviction = resources?.find((resource) => resource['name'] === 'pods/eviction');
  if (!eviction) throw new NodemendError('API_NOT_FOUND', { path: `${path}/pods/eviction` });
  return eviction['version'] === 'v1beta1' ? 'v1beta1' : 'v1';
}

function evictionBody(
  version: EvictionVersion,
  { namespace, name }: PodName,
  { dryRun, gracePeriodSeconds, uid }: EvictOptions,
): JsonObject {
  return {
    apiVersion: `policy/${version}`,
    kind: 'Eviction',
    metadata: { namespace, name },
    deleteOptions: {
      ...(dryRun ? { dryRun: ['All'] } : {}),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    },
  };
}

/** Never heals by itself; the server gives 500 and no reason of its own. */
const severalBudgets = /more than one PodDisruptionBudget/;

/** `the UID in the precondition (…) does not match the UID in record`, or from the store `UID in precondition: …`. */
const otherUid = /UID in (?:the )?precondition/;

type ReadRefusal = (status: ApiStatus, withUid: boolean) => EvictResult | undefined;

/** By HTTP status; what none of them knows is an error. */
const refusals: Readonly<Record<number, ReadRefusal>> = {
  404: () => ({ outcome: 'gone' }),
  // The name now belongs to another pod: the one that was meant is gone.
  409: ({ message }, withUid) => (withUid && otherUid.test(message) ? { outcome: 'gone' } : undefined),
  429: ({ causes, message, retryAfterSeconds }) => {
    const budget = causes.find(({ reason }) => reason === 'DisruptionBudget');
    return budget
      ? { outcome: 'budget', message: budget.message || message, retryAfterSeconds }
      : { outcome: 'throttled', retryAfterSeconds };
  },
  403: ({ detailsKind, message }) =>
    /^poddisruptionbudgets?$/.test(detailsKind) ? { outcome: 'misconfigured', message } : undefined,
  500: ({ message }) => (severalBudgets.test(message) ? { outcome: 'misconfigured', message } : undefined),
  // The budget's status changed under the server's hands.
  504: ({ retryAfterSeconds }) =>
    retryAfterSeconds === undefined ? undefined : { outcome: 'throttled', retryAfterSeconds },
};
