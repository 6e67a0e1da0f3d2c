import { listPath } from '../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../kubernetes/api.ts';
import { AlikePods } from './alike-pods.ts';
import type { Observed } from './evidence.ts';
import { PodFold } from './fold-pods.ts';
import type { PodFacts } from './pod-facts.ts';
import { isOfNode, projectPod } from './project-pod.ts';
import { seeing } from './unknown.ts';

/**
 * All pods of the cluster, or of one namespace, folded (`pod-facts.ts`). While they arrive, page by page, all that are
 * alike are one object, so that the list of 100,000 is little more than as many pointers; it is folded when it is
 * whole, for a server may make it begin again (410).
 */
export function collectPods(api: KubernetesApi, signal: AbortSignal, namespace?: string): Promise<Observed<PodFacts>> {
  return seeing(async () => {
    const alike = new AlikePods();
    const project = (raw: JsonObject) => {
      const pod = projectPod(raw);
      return pod && { pod: alike.oneOf(pod), node: isOfNode(pod) ? alike.nodeOf(pod) : '' };
    };
    const pods = await api.list(listPath({ group: '', version: 'v1', resource: 'pods' }, namespace), {
      project,
      signal,
    });
    const fold = new PodFold();
    for (const listed of pods) if (listed) fold.add(listed.pod, listed.node);
    return fold.facts();
  });
}
