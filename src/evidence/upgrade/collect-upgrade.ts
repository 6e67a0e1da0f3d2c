import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { apiPath, listPath } from '../../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { object, text } from '../../kubernetes/json-fields.ts';
import { defaultObjects } from '../../platforms/nks/default-objects.ts';
import type { Limiter } from '../../transport/limiter.ts';
import type { Observed } from '../evidence.ts';
import { seeing } from '../unknown.ts';
import { deprecatedApis } from './deprecated-apis.ts';
import type { AggregatedApi, DefaultObject, DeprecatedApi, DisruptionBudget, UpgradeFacts } from './upgrade.ts';

/** How the server's own metrics are allowed; nobody is bound to it by nodemend. */
const enableMetrics = { state: 'not-looked-at', enable: 'deploy/nodemend-read-metrics.yaml' } as const;

/** What may stand in the way of the cluster's next version. */
export async function collectUpgrade(api: KubernetesApi, limiter: Limiter, signal: AbortSignal): Promise<UpgradeFacts> {
  const [roles, apiServices, budgets, metrics] = await Promise.all([
    limiter.run(() => seeing(() => readRoles(api, signal))),
    limiter.run(() => seeing(() => listAggregatedApis(api, signal))),
    limiter.run(() => seeing(() => listBudgets(api, signal))),
    limiter.run(() => seeing(() => readDeprecatedApis(api, signal))),
  ]);
  return { roles, apiServices, budgets, deprecatedApis: optional(metrics) };
}

async function readDeprecatedApis(api: KubernetesApi, signal: AbortSignal): Promise<readonly DeprecatedApi[]> {
  const path = '/metrics';
  const found = deprecatedApis(await api.text(path, signal));
  if (found !== undefined) return found;
  throw new NodemendError('API_ANSWER_INVALID', { server: api.server, path, problem: 'no metrics of an API server' });
}

/** Most may not read the metrics of the server, and nothing is wrong with that. */
function optional<T>(seen: Observed<T>): Observed<T> {
  return seen.state === 'unknown' && seen.reason === 'forbidden' ? enableMetrics : seen;
}

async function readRoles(api: KubernetesApi, signal: AbortSignal): Promise<readonly DefaultObject[]> {
  const places = defaultObjects.filter(({ namespace }) => namespace === undefined);
  const found: DefaultObject[] = [];
  for (const place of places) {
    const project = (raw: JsonObject): DefaultObject => ({ ...place, namespace: '', ...ofMetadata(raw) });
    found.push(...(await getOrNothing(api, apiPath(place), project, signal)));
  }
  return found;
}

async function getOrNothing(
  api: KubernetesApi,
  path: string,
  project: (raw: JsonObject) => DefaultObject,
  signal: AbortSignal,
): Promise<readonly DefaultObject[]> {
  try {
    return [await api.get(path, project, signal)];
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return [];
    throw error;
  }
}

function ofMetadata(raw: JsonObject): Pick<DefaultObject, 'name' | 'uid' | 'finalizers'> {
  const { name, uid, finalizers } = object(raw['metadata']);
  const names = Array.isArray(finalizers) ? finalizers.filter((one) => typeof one === 'string') : [];
  return { name: text(name), uid: text(uid), finalizers: names };
}

async function listAggregatedApis(api: KubernetesApi, signal: AbortSignal): Promise<readonly AggregatedApi[]> {
  const path = listPath({ group: 'apiregistration.k8s.io', version: 'v1', resource: 'apiservices' }, undefined);
  const all = await api.list(path, { project: aggregatedApi, signal });
  return all.filter((one) => one !== undefined);
}

/** Undefined for a group that the API server itself answers for. */
function aggregatedApi(raw: JsonObject): AggregatedApi | undefined {
  const spec = object(raw['spec']);
  const service = object(spec['service']);
  if (text(service['name']) === '') return undefined;
  return {
    group: text(spec['group']),
    version: text(spec['version']),
    service: `${text(service['namespace'])}/${text(service['name'])}`,
  };
}

async function listBudgets(api: KubernetesApi, signal: AbortSignal): Promise<readonly DisruptionBudget[]> {
  const path = listPath({ group: 'policy', version: 'v1', resource: 'poddisruptionbudgets' }, undefined);
  const all = await api.list(path, { project: budget, signal });
  return all.filter((one) => one !== undefined);
}

/** Undefined for one that lets a pod go. */
function budget(raw: JsonObject): DisruptionBudget | undefined {
  const [metadata, status] = [object(raw['metadata']), object(raw['status'])];
  if (number(status['disruptionsAllowed']) > 0) return undefined;
  return {
    namespace: text(metadata['namespace']),
    name: text(metadata['name']),
    expectedPods: number(status['expectedPods']),
    desiredHealthy: number(status['desiredHealthy']),
    currentHealthy: number(status['currentHealthy']),
    isCounted: number(status['observedGeneration']) >= number(metadata['generation']),
  };
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
