import { hasFinished, type ClusterPod } from './cluster-pod.ts';
import type { HostPort } from './pod-needs.ts';
import type { SchedulingNode } from './scheduling-node.ts';

/** What is taken of one node. */
interface NodeUse {
  readonly used: ReadonlyMap<string, number>;
  readonly hostPorts: readonly HostPort[];
}

const nothing: NodeUse = { used: new Map(), hostPorts: [] };

/**
 * Which pods are where. `after` gives what it will be when some pods are gone and others came, without changing this
 * one, so that hundreds of drains are looked at from one reading of the cluster.
 */
export class Occupancy {
  readonly nodes: readonly SchedulingNode[];
  private readonly byName: ReadonlyMap<string, SchedulingNode>;
  private readonly uses: Map<string, NodeUse>;
  private readonly inNamespace: ReadonlyMap<string, readonly ClusterPod[]>;
  private readonly keepingApart: readonly ClusterPod[];
  private readonly came: ClusterPod[] = [];
  private readonly gone: ReadonlySet<string>;

  private constructor(from: Pick<Occupancy, 'nodes'> & OccupancyParts) {
    this.nodes = from.nodes;
    this.byName = from.byName;
    this.uses = from.uses;
    this.inNamespace = from.inNamespace;
    this.keepingApart = from.keepingApart;
    this.gone = from.gone;
  }

  static of(nodes: readonly SchedulingNode[], pods: readonly ClusterPod[]): Occupancy {
    const placed = pods.filter((pod) => pod.node !== '' && !hasFinished(pod));
    const uses = new Map<string, NodeUse>();
    for (const [node, its] of Map.groupBy(placed, (pod) => pod.node)) uses.set(node, its.reduce(plus, nothing));
    return new Occupancy({
      nodes,
      byName: new Map(nodes.map((node) => [node.name, node])),
      uses,
      inNamespace: Map.groupBy(placed, ({ namespace }) => namespace),
      keepingApart: placed.filter(({ needs }) => needs.antiAffinity.length > 0),
      gone: new Set(),
    });
  }

  /** The same without some pods. What they held is not free for others as long as their nodes take none. */
  without(gone: ReadonlySet<string>): Occupancy {
    const { nodes, byName, inNamespace, keepingApart } = this;
    return new Occupancy({ nodes, byName, uses: new Map(this.uses), inNamespace, keepingApart, gone });
  }

  /** Puts a pod onto a node. */
  place(pod: ClusterPod, node: string): void {
    this.uses.set(node, plus(this.uses.get(node) ?? nothing, pod));
    this.came.push({ ...pod, node });
  }

  node(name: string): SchedulingNode | undefined {
    return this.byName.get(name);
  }

  used(node: string, resource: string): number {
    return this.uses.get(node)?.used.get(resource) ?? 0;
  }

  hostPorts(node: string): readonly HostPort[] {
    return this.uses.get(node)?.hostPorts ?? nothing.hostPorts;
  }

  podsIn(namespace: string): readonly ClusterPod[] {
    return this.present(this.inNamespace.get(namespace) ?? [], (pod) => pod.namespace === namespace);
  }

  /** Pods that keep others away by a term of their own. */
  podsKeepingApart(): readonly ClusterPod[] {
    return this.present(this.keepingApart, ({ needs }) => needs.antiAffinity.length > 0);
  }

  private present(pods: readonly ClusterPod[], matches: (pod: ClusterPod) => boolean): readonly ClusterPod[] {
    const stayed = this.gone.size === 0 ? pods : pods.filter(({ uid }) => !this.gone.has(uid));
    const came = this.came.filter(matches);
    return came.length === 0 ? stayed : [...stayed, ...came];
  }
}

interface OccupancyParts {
  readonly byName: ReadonlyMap<string, SchedulingNode>;
  readonly uses: Map<string, NodeUse>;
  readonly inNamespace: ReadonlyMap<string, readonly ClusterPod[]>;
  readonly keepingApart: readonly ClusterPod[];
  readonly gone: ReadonlySet<string>;
}

function plus({ used, hostPorts }: NodeUse, { needs }: ClusterPod): NodeUse {
  const sum = new Map(used);
  for (const [resource, amount] of needs.requests) sum.set(resource, (sum.get(resource) ?? 0) + amount);
  return { used: sum, hostPorts: needs.hostPorts.length === 0 ? hostPorts : [...hostPorts, ...needs.hostPorts] };
}
