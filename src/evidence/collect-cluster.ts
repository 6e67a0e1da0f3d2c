import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import type { Json, KubernetesApi } from '../kubernetes/api.ts';
import { nodeGroupOf } from '../platforms/node-group.ts';
import { nksClusterName } from '../platforms/platform.ts';
import { Limiter } from '../transport/limiter.ts';
import { byName } from './by-name.ts';
import { collectCalico } from './calico/collect-calico.ts';
import { collectCinderConfig } from './cinder/collect-cinder-config.ts';
import { collectPodWarnings } from './collect-events.ts';
import { collectImageHolds } from './collect-image-holds.ts';
import { collectPods } from './collect-pods.ts';
import type { ApiNode, ClusterEvidence, Observed } from './evidence.ts';
import type { PodFacts } from './pod-facts.ts';
import { projectNode } from './project-node.ts';
import { collectPullSecrets, type PullSecretRequest } from './pull-secrets/collect-pull-secrets.ts';
import type { NamespacePullSecrets } from './pull-secrets/pull-secret.ts';
import { seeing } from './unknown.ts';
import { collectUpgrade } from './upgrade/collect-upgrade.ts';
import { collectVolumes } from './volumes/collect-volumes.ts';
import { collectWorkloads } from './workloads/collect-workloads.ts';

/** A Node object that was listed. */
export interface ListedNode {
  readonly name: string;
  readonly group?: string;
  /** InternalIP, else the hostname, else the name: what a transport dials. */
  readonly address: string;
  readonly api: ApiNode;
}

/** What of the cluster is only read for the problems that need it. */
export type ClusterRead =
  | 'pods'
  | 'events'
  | 'pull-secrets'
  | 'workloads'
  | 'custom-resources'
  | 'volumes'
  | 'upgrade'
  | 'image-holds'
  | 'cinder-config'
  | 'calico'
  /** Not of the cluster's server alone: what kubelets say of mounted volumes (`--read-kubelet`). */
  | 'mounted-volumes';

export interface ClusterRequest {
  readonly reads?: ReadonlySet<ClusterRead>;
  /** Where Secrets may be read; without any, none is. */
  readonly secretNamespaces?: readonly string[];
  /** Of what is in namespaces only this one's is listed. */
  readonly namespace?: string | undefined;
  /** Events are about nodes as well: then those of all namespaces are listed. */
  readonly allEvents?: boolean;
}

/**
 * Lists at once: each may be long, every one has a page in memory and one on its way, and others use the server too.
 */
const listsAtOnce = 2;

/** Who the cluster is, and what was asked of it besides; each part may be unknown by itself. */
export async function collectCluster(
  api: KubernetesApi,
  signal: AbortSignal,
  { reads = new Set(), secretNamespaces = [], namespace, allEvents = false }: ClusterRequest = {},
): Promise<ClusterEvidence> {
  if (namespace !== undefined) await requireNamespace(api, namespace, signal);
  const limiter = new Limiter(listsAtOnce);
  const asked = <T>(read: ClusterRead, collect: () => Promise<T>) => (reads.has(read) ? collect() : undefined);
  const reading = asked('pods', () => limiter.run(() => collectPods(api, signal, namespace)));
  const [uid, version, pods, events, pullSecrets, workloads, volumes, upgrade, imageHolds, cinderConfig, calico] =
    await Promise.all([
      observeText(api, { path: '/api/v1/namespaces/kube-system', field: ['metadata', 'uid'] }, signal),
      observeText(api, { path: '/version', field: ['gitVersion'] }, signal),
      reading,
      asked('events', () => limiter.run(() => collectPodWarnings(api, signal, allEvents ? undefined : namespace))),
      asked('pull-secrets', () => pullSecretsOf(api, { namespaces: secretNamespaces, signal }, reading)),
      asked('workloads', () =>
        collectWorkloads(api, { custom: reads.has('custom-resources'), namespace, signal, limiter }),
      ),
      asked('volumes', () => collectVolumes(api, { namespace, signal, limiter })),
      asked('upgrade', () => collectUpgrade(api, limiter, signal)),
      asked('image-holds', () => limiter.run(() => collectImageHolds(api, signal))),
      asked('cinder-config', () => collectCinderConfig(api, { namespaces: secretNamespaces, signal })),
      asked('calico', () => collectCalico(api, limiter, signal)),
    ]);
  return {
    uid,
    context: api.context,
    server: api.server,
    version,
    ...withoutUndefined({ pods, events, pullSecrets, workloads, volumes, upgrade, imageHolds, cinderConfig, calico }),
  };
}

/**
 * The list of a namespace that is not there is empty, and looks as if all were well in it. A user who cannot ask is
 * believed.
 * @throws NodemendError API_NOT_FOUND, and others of the API but a refusal
 */
async function requireNamespace(api: KubernetesApi, namespace: string, signal: AbortSignal): Promise<void> {
  try {
    await api.get(`/api/v1/namespaces/${namespace}`, () => undefined, signal);
  } catch (error) {
    if (!isNodemendError(error) || error.code !== 'API_FORBIDDEN') throw error;
  }
}

/** A part that nobody reads is absent, not empty. */
function withoutUndefined<T extends object>(parts: T): { readonly [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as {
    readonly [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}

/** Pods name the Secrets that are read. */
async function pullSecretsOf(
  api: KubernetesApi,
  { namespaces, signal }: Pick<PullSecretRequest, 'namespaces' | 'signal'>,
  reading: Promise<Observed<PodFacts>> | undefined,
): Promise<Observed<readonly NamespacePullSecrets[]>> {
  if (namespaces.length === 0) return { state: 'not-looked-at', enable: '--use-secrets' };
  return { state: 'seen', value: await collectPullSecrets(api, { namespaces, signal, pods: await reading }) };
}

/**
 * All nodes, or those with certain labels, sorted by name.
 * @throws NodemendError API_…: without the list there is no target, and that is an error
 */
export async function listNodes(
  api: KubernetesApi,
  options: { readonly labelSelector?: string; readonly signal: AbortSignal },
): Promise<readonly ListedNode[]> {
  const clusterName = nksClusterName(api.context);
  const nodes = await api.list('/api/v1/nodes', { ...options, project: projectNode });
  return nodes.map((node) => listed(node, clusterName)).toSorted(byName);
}

function listed({ name, api }: ReturnType<typeof projectNode>, clusterName: string | undefined): ListedNode {
  const group = nodeGroupOf({ name, labels: api.labels }, clusterName);
  return { name, ...(group === undefined ? {} : { group }), address: api.internalIP ?? api.hostname ?? name, api };
}

interface TextField {
  readonly path: string;
  readonly field: readonly string[];
}

function observeText(api: KubernetesApi, { path, field }: TextField, signal: AbortSignal): Promise<Observed<string>> {
  return seeing(async () => {
    const value = await api.get(path, (raw) => at(raw, field), signal);
    if (typeof value === 'string' && value !== '') return value;
    throw new NodemendError('API_ANSWER_INVALID', {
      server: api.server,
      path,
      problem: `${field.join('.')} is missing`,
    });
  });
}

function at(value: Json | undefined, [key, ...rest]: readonly string[]): Json | undefined {
  if (key === undefined) return value;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? at((value as { readonly [key: string]: Json })[key], rest) : undefined;
}
