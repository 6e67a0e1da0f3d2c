import { Pager } from '../../lab/api/lists.ts';
import type { KubeObject } from '../../lab/api/objects.ts';
import { kinds } from '../../lab/api/resources.ts';
import { ObjectStore } from '../../lab/api/store.ts';
import { exclusionLabel, scaleInAnnotation } from '../../src/engine/rollout/drain/node-marks.ts';
import { someNode } from '../../src/engine/rollout/preflight/testing/some-cluster.ts';
import type { JsonObject } from '../../src/kubernetes/api.ts';
import { askServer, type ApiAnswer, type ApiServer, type ServerRequest } from './api.ts';
import type { SimulatedClock } from './clock.ts';
import { SimulatedMachine, type MachineListener } from './machine.ts';
import { Workloads, type Workload } from './workloads.ts';

export interface Layout {
  readonly nodes: number;
  readonly workloads: readonly Workload[];
  /** What others have put on a node before anything begins, by its number. */
  readonly others: readonly { readonly node: number; readonly what: 'cordon' | 'exclusion' | 'scale-in' }[];
  /** A volume that stays attached to a node for so long, seconds; for ever where it is not said. */
  readonly volume: { readonly node: number; readonly seconds: number | undefined } | undefined;
}

/** What others do to a Node object; `beat` writes what nobody minds. */
export type Hand = 'cordon' | 'uncordon' | 'exclusion' | 'scale-in' | 'beat';

/** What others wrote on a node and have not taken off. */
export interface Others {
  cordon: boolean;
  exclusion: string | undefined;
  scaleIn: string | undefined;
}

/** As kube-controller-manager: a node is not ready when its kubelet was silent for so long. */
const silentMs = 40_000;
const wallClockStart = Date.UTC(2026, 10, 30, 12);

/**
 * Machines, the nodes of the API that they are, and the pods on them, on simulated time. The API server is the practice
 * cluster's; everything that acts on its objects beside nodemend is a fake.
 */
export class SimulatedCluster implements ApiServer, MachineListener {
  readonly store = new ObjectStore();
  readonly pager = new Pager(this.store, 5 * 60_000);
  readonly machines = new Map<string, SimulatedMachine>();
  readonly others = new Map<string, Others>();
  readonly workloads: Workloads;
  /** Whether the API server answers. */
  isAnswering = true;
  readonly asked: MachineListener['asked'];
  readonly obeys: MachineListener['obeys'];
  private readonly clock: SimulatedClock;
  private generation = 0;

  constructor(layout: Layout, clock: SimulatedClock, { asked, obeys }: Pick<MachineListener, 'asked' | 'obeys'>) {
    this.clock = clock;
    this.asked = asked;
    this.obeys = obeys;
    for (const name of ['kube-system', 'nodemend', 'nodemend-runs', 'shop'])
      this.store.create(kinds.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const agent = { namespace: 'shop', name: 'agent' };
    this.store.create(kinds.DaemonSet, { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: agent });
    const runs = (name: string): boolean => this.runs(name);
    this.workloads = new Workloads(layout.workloads, { store: this.store, clock, runs });
    const names = Array.from({ length: layout.nodes }, (_, index) => `worker-${index + 1}`);
    for (const name of names) this.addNode(name);
    this.workloads.begin(names);
    for (const { node, what } of layout.others) this.actOfOthers(nameAt(names, node), what);
    if (layout.volume) this.attachVolume(nameAt(names, layout.volume.node), layout.volume.seconds);
  }

  /** Milliseconds since the epoch, by the server's clock, which is right. */
  now(): number {
    return wallClockStart + this.clock.now;
  }

  names(): readonly string[] {
    return this.store.list(kinds.Node, '').map(({ metadata }) => metadata.name);
  }

  node(name: string): KubeObject | undefined {
    const found = this.store.get(kinds.Node, '', name);
    return 'object' in found ? found.object : undefined;
  }

  /** As the practice cluster, but for what takes time on a real one. */
  answer(request: ServerRequest): ApiAnswer {
    if (request.path.endsWith('/eviction')) return this.evict(request);
    const answered = askServer(this, request);
    if (!answered.ok || request.method === 'GET') return answered;
    this.workloads.settle();
    return request.path.includes('/leases') ? this.stamped(answered.body as unknown as KubeObject) : answered;
  }

  private evict(request: ServerRequest): ApiAnswer {
    const answered = askServer(this, { ...request, query: { dryRun: 'All' } });
    if (answered.ok) this.workloads.endPod(request.path.split('/').at(-2) ?? '');
    return answered;
  }

  /** Somebody else's hand on a node. */
  actOfOthers(name: string, what: Hand): void {
    const others = this.others.get(name);
    const node = this.node(name);
    if (!others || !node) return;
    const isCordoned = (node['spec'] as { readonly unschedulable?: boolean }).unschedulable === true;
    // kubectl writes nothing on a node that is as wanted: whose cordon it is cannot be told then.
    if (what === 'cordon' && !isCordoned) {
      others.cordon = true;
      this.edit(name, { spec: { unschedulable: true } });
    }
    if (what === 'uncordon' && isCordoned) {
      others.cordon = false;
      this.edit(name, { spec: { unschedulable: null } });
    }
    if (what === 'exclusion') {
      others.exclusion = 'true';
      this.edit(name, { metadata: { labels: { [exclusionLabel]: 'true' } } });
    }
    if (what === 'scale-in') {
      others.scaleIn = 'false';
      this.edit(name, { metadata: { annotations: { [scaleInAnnotation]: 'false' } } });
    }
    if (what === 'beat') this.edit(name, { metadata: { annotations: { beat: String(this.clock.now) } } });
    this.workloads.settle();
  }

  /** The machine was given back and its Node removed, as a scale-in does it. */
  vanish(name: string): void {
    const machine = this.machines.get(name);
    if (!machine) return;
    this.machines.delete(name);
    this.others.delete(name);
    this.store.remove(kinds.Node, '', name);
    machine.goDown({ seconds: 0, comes: 'never' });
    this.workloads.forget(name);
  }

  /** Another machine under the same name. */
  replace(name: string): void {
    if (!this.machines.has(name)) return;
    this.vanish(name);
    this.addNode(name);
    this.workloads.settle();
  }

  /** Everything comes back: machines, network, API server. A person reboots what waits for it. */
  mend(): void {
    this.isAnswering = true;
    for (const machine of this.machines.values()) {
      machine.mend();
      if (machine.node.isPending()) machine.goDown({ seconds: 30, comes: 'back' });
    }
  }

  wentDown(machine: SimulatedMachine): void {
    this.clock.after(silentMs, () => {
      if (machine.isUp || this.machines.get(machine.name) !== machine) return;
      this.setReady(machine.name, 'Unknown');
    });
  }

  cameUp(machine: SimulatedMachine): void {
    if (this.machines.get(machine.name) === machine) this.setReady(machine.name, machine.isHealthy ? 'True' : 'False');
  }

  private setReady(name: string, status: 'True' | 'False' | 'Unknown'): void {
    const node = this.node(name);
    if (!node) return;
    const bootID = this.machines.get(name)?.bootId;
    const conditions = [{ type: 'Ready', status, lastHeartbeatTime: new Date(this.now()).toISOString() }];
    const kept = node['status'] as { readonly nodeInfo?: object };
    const nodeInfo = { ...kept.nodeInfo, ...(status === 'Unknown' ? {} : { bootID }) };
    this.store.replace(kinds.Node, { ...node, status: { ...kept, conditions, nodeInfo } });
    this.workloads.settleNode(name, status === 'True');
  }

  private runs(name: string): boolean {
    const machine = this.machines.get(name);
    return machine !== undefined && machine.isUp && machine.isHealthy;
  }

  private addNode(name: string): void {
    this.generation += 1;
    const machine = new SimulatedMachine(name, this.generation, { clock: this.clock, listener: this });
    this.machines.set(name, machine);
    this.others.set(name, { cordon: false, exclusion: undefined, scaleIn: undefined });
    const made = someNode({ name }) as unknown as KubeObject;
    const metadata = { ...made.metadata, uid: `uid-${name}-${this.generation}`, managedFields: [] };
    this.store.create(kinds.Node, { ...made, metadata });
    this.setReady(name, 'True');
  }

  private attachVolume(nodeName: string, seconds: number | undefined): void {
    const name = 'attached';
    const spec = { nodeName, attacher: 'csi', source: { persistentVolumeName: 'volume-1' } };
    this.store.create(kinds.VolumeAttachment, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name },
      spec,
    });
    if (seconds !== undefined)
      this.clock.after(seconds * 1000, () => this.store.remove(kinds.VolumeAttachment, '', name));
  }

  private edit(name: string, body: object): void {
    askServer(this, {
      method: 'PATCH',
      path: `/api/v1/nodes/${name}`,
      query: { fieldManager: 'kubectl' },
      contentType: 'application/merge-patch+json',
      body,
    });
  }

  /** A real server keeps the time of the last write with its manager, which the practice cluster's leaves out. */
  private stamped(lease: KubeObject): ApiAnswer {
    const time = new Date(this.now()).toISOString();
    const managedFields = [{ manager: 'nodemend', operation: 'Update', fieldsV1: {}, time }];
    const metadata = { ...lease.metadata, managedFields };
    const kept = this.store.replace(kinds.Lease, { ...lease, metadata });
    if ('refused' in kept) throw new Error('a lease went away while it was written');
    return { ok: true, body: kept.object as unknown as JsonObject };
  }
}

function nameAt(names: readonly string[], index: number): string {
  return names[index % names.length] ?? '';
}
