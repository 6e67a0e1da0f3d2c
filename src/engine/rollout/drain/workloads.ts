import { isNodemendError } from '../../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { apiPath } from '../../../kubernetes/api-path.ts';
import { object, objects, text } from '../../../kubernetes/json-fields.ts';
import type { Timing } from '../../../kubernetes/timing.ts';
import type { ClusterPod } from '../preflight/cluster-pod.ts';
import type { WorkloadBefore } from './node-marks.ts';

type Workload = Omit<WorkloadBefore, 'available'>;

/** By kind: where it is in the API. */
const resources: Readonly<Record<WorkloadBefore['kind'], readonly [group: string, resource: string]>> = {
  Deployment: ['apps', 'deployments'],
  StatefulSet: ['apps', 'statefulsets'],
  ReplicaSet: ['apps', 'replicasets'],
  ReplicationController: ['', 'replicationcontrollers'],
};

/**
 * The workloads of some pods, with how many of their pods are available. One of another kind tells nothing of the sort.
 * @throws NodemendError API_…
 */
export async function workloadsOf(
  api: KubernetesApi,
  pods: readonly ClusterPod[],
  signal: AbortSignal,
): Promise<readonly WorkloadBefore[]> {
  const found = new Map<string, WorkloadBefore>();
  const direct = new Map<string, Workload>();
  for (const { namespace, controller } of pods) {
    const kind = controller && kindOf(controller.kind);
    if (kind) direct.set(`${kind} ${namespace}/${controller.name}`, { kind, namespace, name: controller.name });
  }
  for (const workload of direct.values()) {
    const read = await readWorkload(api, workload, signal);
    if (!read) continue;
    const above =
      read.deployment === '' ? undefined : ({ ...workload, kind: 'Deployment', name: read.deployment } as const);
    const counted = above ? await readWorkload(api, above, signal) : read;
    const { kind, namespace, name } = above ?? workload;
    if (counted) found.set(`${kind} ${namespace}/${name}`, { kind, namespace, name, available: counted.available });
  }
  return [...found.values()];
}

export interface WorkloadWait {
  readonly api: KubernetesApi;
  readonly timing: Timing;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

const pauseMs = 2_000;

/**
 * Waits until each workload has as many pods available as it had before, or as it is asked to have now. One that is gone
 * is nobody's any more.
 *
 * @returns those that have not when the time is over
 * @throws NodemendError API_…, and the signal's reason
 */
export async function awaitAvailable(
  { api, timing, timeoutSeconds, signal }: WorkloadWait,
  workloads: readonly WorkloadBefore[],
): Promise<readonly WorkloadBefore[]> {
  const deadline = timing.monotonicMs() + timeoutSeconds * 1000;
  let missing = workloads;
  for (;;) {
    const still: WorkloadBefore[] = [];
    for (const workload of missing) if (!(await isAvailable(api, workload, signal))) still.push(workload);
    missing = still;
    if (missing.length === 0 || timing.monotonicMs() >= deadline) return missing;
    await timing.sleep(pauseMs, signal);
  }
}

async function isAvailable(api: KubernetesApi, workload: WorkloadBefore, signal: AbortSignal): Promise<boolean> {
  const now = await readWorkload(api, workload, signal);
  return now === undefined || now.available >= Math.min(workload.available, now.wanted);
}

interface WorkloadNow {
  readonly wanted: number;
  readonly available: number;
  /** That a ReplicaSet is of; empty otherwise. */
  readonly deployment: string;
}

async function readWorkload(
  api: KubernetesApi,
  { kind, namespace, name }: Workload,
  signal: AbortSignal,
): Promise<WorkloadNow | undefined> {
  const [group, resource] = resources[kind];
  try {
    return await api.get(apiPath({ group, version: 'v1', namespace, resource, name }), countsOf, signal);
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return undefined;
    throw error;
  }
}

function countsOf(raw: JsonObject): WorkloadNow {
  const { replicas } = object(raw['spec']);
  const { availableReplicas } = object(raw['status']);
  const owner = objects(object(raw['metadata'])['ownerReferences']).find(({ controller }) => controller === true);
  return {
    wanted: typeof replicas === 'number' ? replicas : 1,
    available: typeof availableReplicas === 'number' ? availableReplicas : 0,
    deployment: owner?.['kind'] === 'Deployment' ? text(owner['name']) : '',
  };
}

function kindOf(kind: string): WorkloadBefore['kind'] | undefined {
  return kind in resources ? (kind as WorkloadBefore['kind']) : undefined;
}
