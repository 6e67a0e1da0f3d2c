import type { KubernetesApi } from '../kubernetes/api.ts';
import type { Seen } from './evidence.ts';
import { PodFold } from './fold-pods.ts';
import type { PodFacts } from './pod-facts.ts';
import { projectPod } from './project-pod.ts';
import { seeing } from './unknown.ts';

/**
 * All pods of the cluster, read page by page and folded at once (`pod-facts.ts`). A list that the server made begin anew (410)
 * is folded anew.
 */
export function collectPods(api: KubernetesApi, signal: AbortSignal): Promise<Seen<PodFacts>> {
  return seeing(async () => {
    const pods = await api.list('/api/v1/pods', { project: projectPod, signal });
    const fold = new PodFold();
    for (const pod of pods) if (pod) fold.add(pod);
    return fold.facts();
  });
}
