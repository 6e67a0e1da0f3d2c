import { randomBytes } from 'node:crypto';
import { fieldAt, textAt, type KubeObject } from '../api/objects.ts';
import { mergePatch } from '../api/patches.ts';
import { kinds } from '../api/resources.ts';
import { now, type ObjectStore } from '../api/store.ts';
import { nodeConditions, unknownConditions, type ServedObject } from '../cluster/cluster-objects.ts';

/** How long the node controller waits for kubelet before it calls a node Unknown (node-monitor-grace-period, to 1.31). */
const graceMs = 40_000;

/** Stands in for what kubelet tells the API of its node, and the node controller of one whose kubelet is silent. */
export class NodeReports {
  readonly #store: ObjectStore;
  readonly #firstDay: readonly ServedObject[];
  readonly #silent = new Map<string, NodeJS.Timeout>();

  /** @param firstDay every object of the cluster as it was made */
  constructor(store: ObjectStore, firstDay: readonly ServedObject[]) {
    this.#store = store;
    this.#firstDay = firstDay;
  }

  /**
   * With a fresh disk the node's objects are as they were made. After any other boot its pods run in other containers;
   * their logs keep the names of the first ones, because the lab has no runtime that would make new ones.
   */
  noteBoot(node: string, bootId: string, disk: 'fresh' | 'kept'): void {
    clearTimeout(this.#silent.get(node));
    if (disk === 'fresh') this.#putBack(node);
    else
      for (const pod of this.#store.list(kinds.Pod, ''))
        if (textAt(pod, 'spec.nodeName') === node) change(this.#store, pod, { status: restarted(pod) });
    this.#changeNode(node, { nodeInfo: { bootID: bootId }, conditions: nodeConditions(now()) });
  }

  /** What a reboot takes is too short for anybody to notice. */
  noteEnd(node: string): void {
    const giveUp = (): void => this.#changeNode(node, { conditions: unknownConditions(now()) });
    this.#silent.set(node, setTimeout(giveUp, graceMs).unref());
  }

  noteHeartbeat(nodes: readonly string[]): void {
    for (const name of nodes) this.#changeNode(name, { conditions: nodeConditions(now(), this.#readySince(name)) });
  }

  /** A pod that was evicted stays where its successor is. */
  #putBack(node: string): void {
    for (const object of this.#firstDay)
      if (object.kind === 'Node' ? object.metadata.name === node : textAt(object, 'spec.nodeName') === node)
        this.#store.replace(kinds[object.kind], object);
  }

  #readySince(node: string): string | undefined {
    const found = this.#store.get(kinds.Node, '', node);
    const conditions = 'refused' in found ? undefined : fieldAt(found.object, 'status.conditions');
    return Array.isArray(conditions) ? textAt(conditions[0], 'lastTransitionTime') : undefined;
  }

  #changeNode(name: string, status: object): void {
    const found = this.#store.get(kinds.Node, '', name);
    if (!('refused' in found)) change(this.#store, found.object, { status });
  }
}

function change(store: ObjectStore, object: KubeObject, patch: object): void {
  const { resourceVersion: _, ...metadata } = object.metadata;
  const kind = object.kind === 'Node' ? kinds.Node : kinds.Pod;
  store.replace(kind, mergePatch({ ...object, metadata }, patch) as KubeObject);
}

/** Of a pod that has containers. */
function restarted(pod: KubeObject): object {
  const statuses = fieldAt(pod, 'status.containerStatuses');
  if (!Array.isArray(statuses)) return {};
  return { containerStatuses: statuses.map((status: KubeObject) => inNewContainer(status)) };
}

function inNewContainer(status: KubeObject): object {
  const [runtime] = textAt(status, 'containerID').split('://');
  if (!runtime) return status;
  return {
    ...status,
    containerID: `${runtime}://${randomBytes(32).toString('hex')}`,
    restartCount: Number(textAt(status, 'restartCount')) + 1,
  };
}
