import type { Json, JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { readMarks } from './drain/node-marks.ts';

/** A Node object, as far as a rollout looks at it. */
export interface ApiNodeState {
  readonly name: string;
  readonly uid: string;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly controlPlane: boolean;
  /** Absent where its labels do not say it. */
  readonly zone?: string;
  /** When its kubelet last posted a status, as the API server has it; empty when it never did. */
  readonly heartbeat: string;
  /** Of the boot that its kubelet last spoke from; empty when it never did. */
  readonly bootId: string;
  /** The run that took it out of service and has not put it back. */
  readonly outOfServiceBy?: string;
}

const zoneLabels = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

export async function readClusterNodes(api: KubernetesApi, signal: AbortSignal): Promise<readonly ApiNodeState[]> {
  return api.list('/api/v1/nodes', { project: nodeInService, signal });
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
  const zone = zoneLabels.map((label) => text(field(labels, label))).find((value) => value !== '');
  return {
    ...(zone === undefined ? {} : { zone }),
    name: text(field(raw, 'metadata', 'name')),
    uid: text(field(raw, 'metadata', 'uid')),
    // An allow-list: a condition that says anything else, or nothing, is not ready.
    ready: field(ready, 'status') === 'True',
    unschedulable: field(raw, 'spec', 'unschedulable') === true,
    controlPlane: controlPlaneLabels.some((label) => field(labels, label) !== undefined),
    heartbeat: text(field(ready, 'lastHeartbeatTime')),
    bootId: text(field(raw, 'status', 'nodeInfo', 'bootID')),
  };
}

/** As `nodeState`, with what a run of ours wrote on it. */
function nodeInService(raw: JsonObject): ApiNodeState {
  const marks = readMarks(raw);
  return { ...nodeState(raw), ...(typeof marks === 'object' ? { outOfServiceBy: marks.run } : {}) };
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
