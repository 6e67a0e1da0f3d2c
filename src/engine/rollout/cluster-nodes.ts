import type { Json, JsonObject, KubernetesApi } from '../../kubernetes/api.ts';

/** A Node object, as far as a rollout looks at it. */
export interface ApiNodeState {
  readonly name: string;
  readonly uid: string;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly controlPlane: boolean;
  /** When its kubelet last posted a status, as the API server has it; empty when it never did. */
  readonly heartbeat: string;
}

const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

export async function readClusterNodes(api: KubernetesApi, signal: AbortSignal): Promise<readonly ApiNodeState[]> {
  return api.list('/api/v1/nodes', { project: nodeState, signal });
}

/** UID of namespace kube-system: the identity of the cluster. */
export async function readClusterUid(api: KubernetesApi, signal: AbortSignal): Promise<string> {
  return api.get('/api/v1/namespaces/kube-system', (raw) => text(field(raw, 'metadata', 'uid')), signal);
}

export function nodeState(raw: JsonObject): ApiNodeState {
  const labels = field(raw, 'metadata', 'labels');
  const conditions = field(raw, 'status', 'conditions');
  const ready = Array.isArray(conditions)
    ? conditions.find((condition) => field(condition, 'type') === 'Ready')
    : undefined;
  return {
    name: text(field(raw, 'metadata', 'name')),
    uid: text(field(raw, 'metadata', 'uid')),
    // An allow-list: a condition that says anything else, or nothing, is not ready.
    ready: field(ready, 'status') === 'True',
    unschedulable: field(raw, 'spec', 'unschedulable') === true,
    controlPlane: controlPlaneLabels.some((label) => field(labels, label) !== undefined),
    heartbeat: text(field(ready, 'lastHeartbeatTime')),
  };
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
