import type { KubeObject } from '../../lab/api/objects.ts';
import { kinds } from '../../lab/api/resources.ts';
import type { Change } from '../../lab/api/store.ts';
import { exclusionLabel, marksAnnotation, scaleInAnnotation } from '../../src/engine/rollout/drain/node-marks.ts';
import type { ServerRequest } from './api.ts';
import type { SimulatedMachine } from './machine.ts';
import type { Others, SimulatedCluster } from './cluster.ts';

/**
 * What must hold at every moment of every history, whatever happens:
 *
 * 1. No more nodes than `maxUnavailable` carry a run's marks, and none is taken out while those that are down or were
 *    cordoned by others leave no room for it.
 * 2. No node is rebooted that is not out of service for this very run, or that has a pod that the policy evicts.
 * 3. A run reboots a node at most once, and its undo once more.
 * 4. What others wrote on a node stays: their cordon, their label, their annotation.
 * 5. Without marks nothing of ours is on a node.
 * 6. Pods go by eviction alone, so that budgets are asked: nothing deletes one.
 * 7. Only the run that the lease names reboots.
 *
 * That commands end in bounded time, that what they say of a node is true of it, and that in the end everything can be
 * set right is held by `PlayedHistory`.
 */
export class Invariants {
  /** In words, the first first. */
  readonly broken: string[] = [];
  private readonly cluster: SimulatedCluster;
  private readonly maxUnavailable: number;
  private readonly rebooted = new Map<string, number>();
  private readonly downSince = new Map<string, number>();

  constructor(cluster: SimulatedCluster, maxUnavailable: number) {
    this.cluster = cluster;
    this.maxUnavailable = maxUnavailable;
    for (const node of cluster.store.list(kinds.Node, ''))
      if (isUnavailable(node)) this.downSince.set(node.metadata.name, 0);
    cluster.store.subscribe((change) => {
      if (change.resource === kinds.Node && change.type === 'MODIFIED') this.look(change);
    });
  }

  /** A node is told to reboot. */
  rebooting(name: string, run: string, why: 'apply' | 'undo'): void {
    this.mayGoDown(name, run);
    const key = `${this.cluster.machines.get(name)?.node.machineId} by ${why} of ${run}`;
    const times = (this.rebooted.get(key) ?? 0) + 1;
    this.rebooted.set(key, times);
    if (times > 1) this.break(`${key} is rebooted for the ${times}. time`);
    const holder = this.leaseHolder();
    if (holder !== run) this.break(`${name} is rebooted by ${run} while the lease is of ${holder || 'nobody'}`);
  }

  isRebooted({ node }: SimulatedMachine, run: string): boolean {
    return this.rebooted.has(`${node.machineId} by apply of ${run}`);
  }

  /** A node goes down by a run's order. */
  mayGoDown(name: string, run: string): void {
    const node = this.cluster.node(name);
    const marks = node && runOn(node);
    if (marks !== run) this.break(`${name} is rebooted by ${run} while its marks are of ${marks ?? 'nobody'}`);
    const guests = this.cluster.workloads.guestsOf(name);
    if (guests.length > 0) this.break(`${name} is rebooted with ${guests.join(', ')} on it`);
  }

  /** nodemend asks the server for something. */
  asked({ method, path }: ServerRequest): void {
    if (method === 'DELETE' && path.includes('/pods')) this.break(`${path} is deleted, not evicted`);
  }

  /** Nodes that carry marks of a run, of any where it is not named. */
  marked(run?: string): readonly string[] {
    return this.cluster.store
      .list(kinds.Node, '')
      .filter((node) => runOn(node) !== undefined && (run === undefined || runOn(node) === run))
      .map(({ metadata }) => metadata.name);
  }

  private look({ object: node, previous }: Change): void {
    const { name } = node.metadata;
    const isMarked = runOn(node) !== undefined;
    if (!isUnavailable(node)) this.downSince.delete(name);
    else if (!this.downSince.has(name)) this.downSince.set(name, this.cluster.now());
    if (isMarked && previous && runOn(previous) === undefined) this.requireRoom(name);
    const others = this.cluster.others.get(name);
    if (!others) return;
    this.requireOthersKept(node, others);
    if (!isMarked) this.requireNothingOfOurs(node, others);
  }

  private requireRoom(taken: string): void {
    // One that somebody uncordoned meanwhile, and that is ready, is in service.
    const out = this.marked().filter((name) => name === taken || this.downSince.has(name));
    if (out.length > this.maxUnavailable) this.break(`${out.join(', ')} are out of service at once`);
    const known = this.cluster.now() - noticedWithinMs;
    const names = this.cluster.names().filter((name) => name !== taken && (this.downSince.get(name) ?? known) < known);
    if (names.length >= this.maxUnavailable) this.break(`${taken} is taken out while ${names.join(', ')} are down`);
  }

  private requireOthersKept(node: KubeObject, { cordon, exclusion }: Others): void {
    const { name, labels } = node.metadata;
    if (cordon && !isCordoned(node)) this.break(`the cordon of others is taken off ${name}`);
    const label = labels?.[exclusionLabel];
    if (exclusion !== undefined && label !== exclusion)
      this.break(`the exclusion of others is ${label ?? 'taken off'} on ${name}`);
  }

  private requireNothingOfOurs(node: KubeObject, { cordon, exclusion, scaleIn }: Others): void {
    const { name, labels } = node.metadata;
    if (isCordoned(node) && !cordon) this.break(`a cordon without marks stays on ${name}`);
    const label = labels?.[exclusionLabel];
    if (label !== exclusion) this.break(`an exclusion without marks stays on ${name}: ${label}`);
    const now = annotations(node)[scaleInAnnotation];
    if (now !== scaleIn) this.break(`scale-in of ${name} is ${now}, and was ${scaleIn}`);
  }

  private leaseHolder(): string {
    const [lease] = this.cluster.store.list(kinds.Lease, 'nodemend');
    return (lease?.['spec'] as { readonly holderIdentity?: string } | undefined)?.holderIdentity ?? '';
  }

  private break(what: string): void {
    this.broken.push(what);
  }
}

/** A node is looked at before it is marked, and lists that were cut are asked for again in between. */
const noticedWithinMs = 300_000;

function isUnavailable(node: KubeObject): boolean {
  const { conditions } = node['status'] as { readonly conditions: readonly { readonly status: string }[] };
  return isCordoned(node) || conditions[0]?.status !== 'True';
}

function isCordoned(node: KubeObject): boolean {
  return (node['spec'] as { readonly unschedulable?: boolean }).unschedulable === true;
}

function runOn(node: KubeObject): string | undefined {
  const written = annotations(node)[marksAnnotation];
  return written === undefined ? undefined : (JSON.parse(written) as { readonly run: string }).run;
}

function annotations({ metadata }: KubeObject): Readonly<Record<string, string>> {
  return (metadata['annotations'] ?? {}) as Readonly<Record<string, string>>;
}
