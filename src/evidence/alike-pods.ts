import type { ProjectedPod } from './project-pod.ts';

/**
 * Keeps one of all pods that are folded alike: those of one owner with the same images and network that run the same and
 * wait for nothing, which is nearly all. A page that is read again, or a list that begins again, hands out the same ones, so
 * nothing depends on when it is asked.
 */
export class AlikePods {
  readonly #known = new Map<string, ProjectedPod>();
  readonly #nodes = new Map<string, string>();

  /** The first pod that was like this one. */
  oneOf(pod: ProjectedPod): ProjectedPod {
    // Of those that wait names, node and age are folded, too.
    if (pod.waiting.length > 0 || pod.mounting !== undefined) return pod;
    const { namespace, owner, isStatic, serviceAccount, pullSecrets, images, running = [], hostDns = false } = pod;
    const likeness = JSON.stringify([
      namespace,
      owner,
      isStatic,
      serviceAccount,
      pullSecrets,
      images,
      running,
      hostDns,
    ]);
    const known = this.#known.get(likeness);
    if (known) return known;
    this.#known.set(likeness, pod);
    return pod;
  }

  /** The name of its node, kept once for all pods there. */
  nodeOf({ node }: ProjectedPod): string {
    const known = this.#nodes.get(node) ?? node;
    this.#nodes.set(known, known);
    return known;
  }
}
