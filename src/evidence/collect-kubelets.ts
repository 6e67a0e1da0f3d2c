import { NodemendError } from '../errors/nodemend-error.ts';
import { apiPath } from '../kubernetes/api-path.ts';
import type { Json, JsonObject, KubernetesApi } from '../kubernetes/api.ts';
import { Limiter } from '../transport/limiter.ts';
import { object, objects, text } from '../kubernetes/json-fields.ts';
import type { KubeletConfiguration, MountedClaim, Observed } from './evidence.ts';
import { seeing } from './unknown.ts';

/** Each goes through the API server to a kubelet: few at a time leave room for the cluster's own. */
const atOnce = 8;

/**
 * The running configuration of kubelets, by node (`/configz`, through the node's proxy): one GET per node; of it only
 * the keys below are kept. Needs `get nodes/proxy`, which is why nobody does it unasked
 * (deploy/nodemend-read-kubelet.yaml).
 */
export function collectKubelets(
  api: KubernetesApi,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Observed<KubeletConfiguration>>> {
  return ofEach(nodes, (node) => readConfigz(api, node, signal));
}

/**
 * The claims that pods of each node have mounted, with the size of their file systems (`/stats/summary`, through the
 * node's proxy): one GET per node, and the same permission.
 */
export function collectMounted(
  api: KubernetesApi,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Observed<readonly MountedClaim[]>>> {
  return ofEach(nodes, (node) => readMounted(api, node, signal));
}

async function ofEach<T>(
  nodes: readonly string[],
  read: (node: string) => Promise<T>,
): Promise<ReadonlyMap<string, Observed<T>>> {
  const limiter = new Limiter(atOnce);
  const seen = nodes.map(async (node) => [node, await limiter.run(() => seeing(() => read(node)))] as const);
  return new Map(await Promise.all(seen));
}

/** k8s.io/kubelet/pkg/apis/stats/v1alpha1, Summary; a kubelet leaves out what it has not measured yet. */
async function readMounted(api: KubernetesApi, node: string, signal: AbortSignal): Promise<readonly MountedClaim[]> {
  const path = `${proxyOf(node)}/stats/summary`;
  const pods = await api.get(path, (raw) => raw['pods'], signal);
  if (!Array.isArray(pods))
    throw new NodemendError('API_ANSWER_INVALID', { server: api.server, path, problem: 'pods is missing' });
  const claims = objects(pods)
    .flatMap((pod) => objects(pod['volume']))
    .flatMap((volume): readonly MountedClaim[] => {
      const { namespace, name } = object(volume['pvcRef']);
      const { capacityBytes } = volume;
      return typeof capacityBytes === 'number' && text(name) !== ''
        ? [{ namespace: text(namespace), name: text(name), capacityBytes }]
        : [];
    });
  const keyed = new Map(claims.map((claim) => [`${claim.namespace}\n${claim.name}`, claim]));
  return [...keyed].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim);
}

function proxyOf(node: string): string {
  return apiPath({ group: '', version: 'v1', resource: 'nodes', name: node, subresource: 'proxy' });
}

async function readConfigz(api: KubernetesApi, node: string, signal: AbortSignal): Promise<KubeletConfiguration> {
  const path = `${proxyOf(node)}/configz`;
  const found = await api.get(path, (raw) => raw['kubeletconfig'], signal);
  if (!isObject(found))
    throw new NodemendError('API_ANSWER_INVALID', { server: api.server, path, problem: 'kubeletconfig is missing' });
  return keysOf(found);
}

function keysOf(configuration: JsonObject): KubeletConfiguration {
  const number = <Key extends string>(key: Key): { readonly [K in Key]?: number } => {
    const value = configuration[key];
    return typeof value === 'number' ? ({ [key]: value } as { readonly [K in Key]: number }) : {};
  };
  const word = <Key extends string>(key: Key): { readonly [K in Key]?: string } => {
    const value = configuration[key];
    return typeof value === 'string' ? ({ [key]: value } as { readonly [K in Key]: string }) : {};
  };
  return {
    ...word('containerLogMaxSize'),
    ...number('containerLogMaxFiles'),
    ...number('maxPods'),
    ...number('imageGCHighThresholdPercent'),
    ...number('imageGCLowThresholdPercent'),
    ...word('imageMinimumGCAge'),
    ...word('imageMaximumGCAge'),
    ...thresholds(configuration, 'evictionHard'),
    ...thresholds(configuration, 'evictionSoft'),
  };
}

function thresholds<Key extends 'evictionHard' | 'evictionSoft'>(
  configuration: JsonObject,
  key: Key,
): { readonly [K in Key]?: Readonly<Record<string, string>> } {
  const value = configuration[key];
  if (!isObject(value)) return {};
  const entries = Object.entries(value).flatMap(([signal, threshold]) =>
    typeof threshold === 'string' ? [[signal, threshold] as const] : [],
  );
  return { [key]: Object.fromEntries(entries) } as { readonly [K in Key]: Readonly<Record<string, string>> };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
