import { kinds } from '../../lab/api/resources.ts';
import type { KubeObject } from '../../lab/api/objects.ts';
import type { ObjectStore } from '../../lab/api/store.ts';
import { someBudget, somePod } from '../../src/engine/rollout/preflight/testing/some-cluster.ts';
import type { SimulatedClock } from './clock.ts';

/** A Deployment of the simulation, and the budget that guards it. */
export interface Workload {
  readonly name: string;
  readonly replicas: number;
  /** Pods that have to stay healthy; undefined: no budget. */
  readonly minAvailable: number | undefined;
  /** How long a pod takes to end, seconds. */
  readonly graceSeconds: number;
  /** How long a pod takes to be ready, seconds. */
  readonly startSeconds: number;
}

interface PodFields extends KubeObject {
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string; readonly conditions: readonly { readonly status: string }[] };
}

const shop = 'shop';
const app = (name: string): Readonly<Record<string, string>> => ({ app: name });

/**
 * A fake: what the controllers of Deployments and budgets, the scheduler and the kubelets do with pods, as far as a
 * drain depends on it. Nothing is placed by its requests.
 */
export class Workloads {
  private readonly store: ObjectStore;
  private readonly clock: SimulatedClock;
  private readonly runs: (node: string) => boolean;
  private readonly workloads: readonly Workload[];
  private readonly owed = new Map<string, number>();
  private made = 0;
  private isSettling = false;

  /** @param runs whether a node's machine is up and its kubelet well */
  constructor(
    workloads: readonly Workload[],
    { store, clock, runs }: { store: ObjectStore; clock: SimulatedClock; runs: (node: string) => boolean },
  ) {
    this.store = store;
    this.clock = clock;
    this.runs = runs;
    this.workloads = workloads;
    for (const workload of workloads) this.create(workload);
  }

  /** Every pod is there and ready at the start. */
  begin(nodes: readonly string[]): void {
    for (const { name, replicas } of this.workloads)
      for (let index = 0; index < replicas; index++)
        this.makePod(name, nodes[(index + this.made) % nodes.length], true);
    for (const node of nodes)
      this.store.create(
        kinds.Pod,
        somePod({ name: `agent-${node}`, node, controller: 'DaemonSet/agent' }) as KubeObject,
      );
    this.settle();
  }

  /** @returns pods of the node that a drain has to see gone: all but those of the DaemonSet */
  guestsOf(node: string): readonly string[] {
    return this.pods()
      .filter((pod) => pod.spec.nodeName === node && !pod.metadata.name.startsWith('agent-'))
      .map(({ metadata }) => metadata.name);
  }

  /** Names of budgets with fewer healthy pods than they ask for. */
  brokenBudgets(): readonly string[] {
    return this.workloads.flatMap(({ name }) => {
      const needed = this.needed(name);
      return needed !== undefined && this.healthy(name).length < needed ? [name] : [];
    });
  }

  /** Somebody changes how many pods a budget wants healthy. */
  setBudget(name: string, minAvailable: number): void {
    const budget = this.find(kinds.PodDisruptionBudget, name);
    if (!budget) return;
    const spec = { ...(budget['spec'] as object), minAvailable };
    this.store.replace(kinds.PodDisruptionBudget, { ...budget, spec });
    this.settle();
  }

  /** An eviction that was let through: the pod ends in its own time, if its kubelet is there to end it. */
  endPod(name: string): void {
    const pod = this.find(kinds.Pod, name);
    if (!pod || pod.metadata['deletionTimestamp'] !== undefined) return;
    const workload = this.workloads.find((one) => one.name === pod.metadata.labels?.['app']);
    this.store.replace(kinds.Pod, {
      ...unready(pod),
      metadata: { ...pod.metadata, deletionTimestamp: '2026-11-30T12:00:00Z' },
    });
    this.clock.after((workload?.graceSeconds ?? 0) * 1000, () => this.removeEnded(name, pod.metadata.uid));
    this.settle();
  }

  /** The node is gone, and its pods with it. */
  forget(node: string): void {
    for (const pod of this.pods())
      if (pod.spec.nodeName === node) this.store.remove(kinds.Pod, shop, pod.metadata.name);
    this.settle();
  }

  /** A node whose kubelet is silent has no ready pods; one that is back starts them again. */
  settleNode(node: string, isReady: boolean): void {
    for (const pod of this.pods().filter(({ spec }) => spec.nodeName === node)) {
      if (!isReady) this.store.replace(kinds.Pod, unready(pod));
      else if (pod.metadata['deletionTimestamp'] !== undefined) this.removeEnded(pod.metadata.name, pod.metadata.uid);
      else this.startPod(pod.metadata.name);
    }
    this.settle();
  }

  /** Brings about what the controllers would after any change. */
  settle(): void {
    if (this.isSettling) return;
    this.isSettling = true;
    for (const workload of this.workloads) {
      this.replaceMissing(workload);
      this.place(workload.name);
      this.count(workload);
    }
    this.isSettling = false;
  }

  private replaceMissing({ name, replicas }: Workload): void {
    const living = this.podsOf(name).filter(isLiving).length + (this.owed.get(name) ?? 0);
    for (let missing = living; missing < replicas; missing++) {
      this.owed.set(name, (this.owed.get(name) ?? 0) + 1);
      this.clock.after(1_000, () => {
        this.owed.set(name, (this.owed.get(name) ?? 1) - 1);
        this.makePod(name, undefined, false);
        this.settle();
      });
    }
  }

  private place(name: string): void {
    const waiting = this.podsOf(name).filter((pod) => isLiving(pod) && pod.spec.nodeName === undefined);
    for (const pod of waiting) {
      const node = this.freest();
      if (node === undefined) return;
      this.store.replace(kinds.Pod, { ...pod, spec: { ...pod.spec, nodeName: node } });
      this.startPod(pod.metadata.name);
    }
  }

  private freest(): string | undefined {
    const taken = Map.groupBy(this.pods(), ({ spec }) => spec.nodeName ?? '');
    const open = this.store.list(kinds.Node, '').filter((node) => isOpen(node) && this.runs(node.metadata.name));
    const names = open.map(({ metadata }) => metadata.name);
    return names.toSorted((a, b) => (taken.get(a)?.length ?? 0) - (taken.get(b)?.length ?? 0))[0];
  }

  private startPod(name: string): void {
    const workload = this.workloads.find((one) => name.startsWith(`${one.name}-`));
    this.clock.after((workload?.startSeconds ?? 1) * 1000, () => {
      const pod = this.find(kinds.Pod, name);
      if (!pod || !isLiving(pod) || !this.runs(pod.spec.nodeName ?? '')) return;
      this.store.replace(kinds.Pod, ready(pod));
      this.settle();
    });
  }

  private count({ name, replicas }: Workload): void {
    const availableReplicas = this.healthy(name).length;
    for (const [kind, its] of [
      [kinds.Deployment, name],
      [kinds.ReplicaSet, `${name}-set`],
    ] as const) {
      const found = this.find(kind, its);
      if (found && (found['status'] as { availableReplicas?: number }).availableReplicas !== availableReplicas)
        this.store.replace(kind, { ...found, status: { availableReplicas } });
    }
    const budget = this.find(kinds.PodDisruptionBudget, name);
    if (!budget) return;
    const needed = this.needed(name) ?? 0;
    const status = {
      observedGeneration: 1,
      disruptionsAllowed: Math.max(0, availableReplicas - needed),
      currentHealthy: availableReplicas,
      desiredHealthy: needed,
      expectedPods: replicas,
    };
    this.store.replace(kinds.PodDisruptionBudget, { ...budget, status });
  }

  private needed(name: string): number | undefined {
    const spec = this.find(kinds.PodDisruptionBudget, name)?.['spec'];
    return (spec as { readonly minAvailable?: number } | undefined)?.minAvailable;
  }

  private removeEnded(name: string, uid: string | undefined): void {
    const pod = this.find(kinds.Pod, name);
    if (!pod || pod.metadata.uid !== uid || !this.runs(pod.spec.nodeName ?? '')) return;
    this.store.remove(kinds.Pod, shop, name);
    this.settle();
  }

  private makePod(workload: string, node: string | undefined, isReady: boolean): void {
    this.made += 1;
    const pod = somePod({
      name: `${workload}-${this.made}`,
      labels: app(workload),
      controller: `ReplicaSet/${workload}-set`,
      ...(node === undefined ? {} : { node }),
      ...(isReady ? {} : { phase: 'Pending', ready: false }),
    });
    this.store.create(kinds.Pod, pod as unknown as KubeObject);
  }

  private create({ name, replicas, minAvailable }: Workload): void {
    const metadata = { namespace: shop, name };
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name, uid: `uid-${name}`, controller: true };
    const base = { apiVersion: 'apps/v1', spec: { replicas }, status: { availableReplicas: 0 } };
    this.store.create(kinds.Deployment, { ...base, kind: 'Deployment', metadata });
    const set = { namespace: shop, name: `${name}-set`, ownerReferences: [owner] };
    this.store.create(kinds.ReplicaSet, { ...base, kind: 'ReplicaSet', metadata: set });
    if (minAvailable === undefined) return;
    const budget = someBudget({ name, selector: { matchLabels: app(name) } });
    const spec = { minAvailable, selector: { matchLabels: app(name) } };
    this.store.create(kinds.PodDisruptionBudget, { ...(budget as unknown as KubeObject), spec });
  }

  private healthy(workload: string): readonly PodFields[] {
    return this.podsOf(workload).filter((pod) => isLiving(pod) && pod.status.conditions[0]?.status === 'True');
  }

  private podsOf(workload: string): readonly PodFields[] {
    return this.pods().filter(({ metadata }) => metadata.labels?.['app'] === workload);
  }

  private pods(): readonly PodFields[] {
    return this.store.list(kinds.Pod, '') as readonly PodFields[];
  }

  private find(kind: (typeof kinds)[keyof typeof kinds], name: string): PodFields | undefined {
    const found = this.store.get(kind, shop, name);
    return 'object' in found ? (found.object as PodFields) : undefined;
  }
}

function isLiving({ metadata }: KubeObject): boolean {
  return metadata['deletionTimestamp'] === undefined;
}

function ready(pod: PodFields): KubeObject {
  return { ...pod, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
}

function unready(pod: PodFields): KubeObject {
  return { ...pod, status: { ...pod.status, conditions: [{ type: 'Ready', status: 'False' }] } };
}

function isOpen(node: KubeObject): boolean {
  const spec = node['spec'] as { readonly unschedulable?: boolean };
  const { conditions } = node['status'] as { readonly conditions: readonly { readonly status: string }[] };
  return spec.unschedulable !== true && conditions[0]?.status === 'True';
}
