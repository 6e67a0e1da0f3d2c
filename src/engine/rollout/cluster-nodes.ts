import type { Json, JsonObject, KubernetesApi } from '../../kubernetes/api.ts';

/** A Node object, as far as a rollout looks at it. */
export interface ApiNodeState {
  readonly name: string;
  readonly uid: string;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly controlPlane: boolean;
}

const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

export async function readClusterNodes(api: KubernetesApi, signal: AbortSignal): Promise<readonly ApiNodeState[]> {
  return api.list('/api/v1/nodes', { project: nodeState, signal });
}

/** UID of namespace kube-system: the identity of the cluster. */
export async function readClusterUid(api: KubernetesApi, signal: AbortSignal): Promise<string> {
  return api.get('/api/v1/namespaces/kube-system', (raw) => text(field(raw, 'metadata', 'uid')), signal);
}

function nodeState(raw: JsonObject): ApiNodeState {
  const labels = field(raw, 'metadata', 'labels');
  const conditions = field(raw, 'status', 'conditions');
  return {
    name: text(field(raw, 'metadata', 'name')),
    uid: text(field(raw, 'metadata', 'uid')),
    ready: Array.isArray(conditions) && conditions.some(isReady),
    unschedulable: field(raw, 'spec', 'unschedulable') === true,
    controlPlane: controlPlaneLabels.some((label) => field(labels, label) !== undefined),
  };
}

/** An allow-list: a condition that says anything else, or nothing, is not ready. */
function isReady(condition: Json): boolean {
  return field(condition, 'type') === 'Ready' && field(condition, 'status') === 'True';
}

function field(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (at, key) => (typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as JsonObject)[key] : undefined),
    value,
  );
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
