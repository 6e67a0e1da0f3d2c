import { nodeGroupOf } from '../platforms/node-group.ts';
import { nksClusterName } from '../platforms/platform.ts';
import type { JsonObject, KubernetesApi } from '../kubernetes/api.ts';
import type { ApiCondition, ApiNode, ClusterEvidence, Seen } from './evidence.ts';
import { unknownOf } from './unknown.ts';

/** A Node object that was listed. */
export interface ListedNode {
  readonly name: string;
  readonly group?: string;
  /** InternalIP, else the hostname: what a transport dials. */
  readonly address: string;
  readonly api: ApiNode;
}

/** Who the cluster is; each part may be unknown by itself. */
export async function collectCluster(api: KubernetesApi, signal: AbortSignal): Promise<ClusterEvidence> {
  const [uid, version] = await Promise.all([
    seen(() => api.get('/api/v1/namespaces/kube-system', (raw) => text(object(raw['metadata'])['uid']), signal)),
    seen(() => api.get('/version', (raw) => text(raw['gitVersion']), signal)),
  ]);
  return { uid, version, context: api.context, server: api.server };
}

/**
 * All nodes, or those with certain labels, sorted by name.
 * @throws NodemendError API_…: without the list there is no target, and that is an error
 */
export async function listNodes(api: KubernetesApi, options: { readonly labelSelector?: string; readonly signal: AbortSignal }): Promise<readonly ListedNode[]> {
  const clusterName = nksClusterName(api.context);
  const nodes = await api.list('/api/v1/nodes', { ...options, project: (raw) => projectNode(raw, clusterName) });
  return nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function seen<T>(read: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { state: 'seen', value: await read() };
  } catch (error) {
    return unknownOf(error);
  }
}

function projectNode(raw: JsonObject, clusterName: string | undefined): ListedNode {
  const metadata = object(raw['metadata']);
  const spec = object(raw['spec']);
  const status = object(raw['status']);
  const info = object(status['nodeInfo']);
  const addresses = array(status['addresses']).map(object);
  const addressOf = (type: string): string => text(addresses.find((address) => address['type'] === type)?.['address']);
  const name = text(metadata['name']);
  const labels = strings(metadata['labels']);
  const group = nodeGroupOf({ name, labels }, clusterName);
  const internalIP = addressOf('InternalIP');
  const hostname = addressOf('Hostname');
  return {
    name,
    ...(group === undefined ? {} : { group }),
    address: internalIP || hostname || name,
    api: {
      uid: text(metadata['uid']),
      createdAt: text(metadata['creationTimestamp']),
      labels,
      taints: array(spec['taints']).map(object).map((taint) => ({
        key: text(taint['key']),
        effect: text(taint['effect']),
        ...(typeof taint['value'] === 'string' ? { value: taint['value'] } : {}),
      })),
      unschedulable: spec['unschedulable'] === true,
      conditions: array(status['conditions']).map(object).map(projectCondition),
      ...(internalIP ? { internalIP } : {}),
      ...(hostname ? { hostname } : {}),
      osImage: text(info['osImage']),
      kernelVersion: text(info['kernelVersion']),
      containerRuntimeVersion: text(info['containerRuntimeVersion']),
      kubeletVersion: text(info['kubeletVersion']),
      bootID: text(info['bootID']),
      machineID: text(info['machineID']),
    },
  };
}

function projectCondition(condition: JsonObject): ApiCondition {
  const status = text(condition['status']);
  return {
    type: text(condition['type']),
    status: status === 'True' || status === 'False' ? status : 'Unknown',
    reason: text(condition['reason']),
    since: text(condition['lastTransitionTime']),
  };
}

function object(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function strings(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(object(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
