import { isNodemendError } from '../../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { object, text } from '../../../kubernetes/json-fields.ts';
import { readBudget, type Budget } from './budget.ts';
import { readClusterPod, type ClusterPod } from './cluster-pod.ts';
import { readSchedulingNode, type SchedulingNode } from './scheduling-node.ts';
import { readVolume, readVolumeClaim, type Volume, type VolumeClaim } from './volume.ts';

/** A list, or why it could not be read. */
export type Listed<T> =
  | { readonly known: true; readonly items: readonly T[] }
  | { readonly known: false; readonly reason: string };

/** What a drain is decided from: each list read once. Without nodes or pods there is nothing to decide. */
export interface ClusterReading {
  readonly nodes: readonly SchedulingNode[];
  readonly pods: readonly ClusterPod[];
  readonly budgets: Listed<Budget>;
  readonly claims: Listed<VolumeClaim>;
  readonly volumes: Listed<Volume>;
  /** `namespace/name` of each DaemonSet. */
  readonly daemonSets: Listed<string>;
}

/** @throws NodemendError API_… when nodes or pods cannot be read; what else cannot be read is unknown. */
export async function readCluster(api: KubernetesApi, signal: AbortSignal): Promise<ClusterReading> {
  const list = <T>(path: string, project: (raw: JsonObject) => T): Promise<readonly T[]> =>
    api.list(path, { project, signal });
  const listed = async <T>(path: string, project: (raw: JsonObject) => T): Promise<Listed<T>> => {
    try {
      return { known: true, items: await list(path, project) };
    } catch (error) {
      if (!isNodemendError(error) || signal.aborted) throw error;
      return { known: false, reason: `${error.code}: ${path}` };
    }
  };
  const [nodes, pods, budgets, claims, volumes, daemonSets] = await Promise.all([
    list('/api/v1/nodes', readSchedulingNode),
    list('/api/v1/pods', readClusterPod),
    listed('/apis/policy/v1/poddisruptionbudgets', readBudget),
    listed('/api/v1/persistentvolumeclaims', readVolumeClaim),
    listed('/api/v1/persistentvolumes', readVolume),
    listed('/apis/apps/v1/daemonsets', nameOf),
  ]);
  return { nodes, pods, budgets, claims, volumes, daemonSets };
}

function nameOf(raw: JsonObject): string {
  const metadata = object(raw['metadata']);
  return `${text(metadata['namespace'])}/${text(metadata['name'])}`;
}
