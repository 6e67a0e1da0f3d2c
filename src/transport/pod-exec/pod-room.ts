import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import type { PodJob } from './job-manifest.ts';
import { readable } from './readable.ts';

/** Whether a node has room for one pod more; undefined where that cannot be seen. */
export type PodRoom = 'some' | 'none' | undefined;

/**
 * Counts the node's pods. For a critical pod kubelet ends another where it may have no more of them
 * (pkg/kubelet/preemption/preemption.go, HandleAdmissionFailure), so it is made critical only where there is room. What somebody
 * starts there between the count and the pod is not seen.
 */
export async function podRoom(api: KubernetesApi, { node }: PodJob, signal: AbortSignal): Promise<PodRoom> {
  const [nodes, pods] = await Promise.all([
    readable(api.list('/api/v1/nodes', { fieldSelector: `metadata.name=${node}`, project: allocatablePods, signal })),
    readable(
      api.list('/api/v1/pods', {
        fieldSelector: `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed`,
        project: () => true,
        signal,
      }),
    ),
  ]);
  const most = nodes?.[0];
  if (most === undefined || pods === undefined) return undefined;
  return pods.length < most ? 'some' : 'none';
}

/** Of a Node. Kubelet writes a plain number (`--max-pods`); anything else is not known. */
function allocatablePods(raw: JsonObject): number | undefined {
  const { allocatable = {} } = (raw['status'] ?? {}) as { readonly allocatable?: { readonly pods?: string } };
  return /^\d+$/.test(allocatable.pods ?? '') ? Number(allocatable.pods) : undefined;
}
