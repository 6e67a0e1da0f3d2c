import type { ClusterPod } from './cluster-pod.ts';
import { selectsNode } from './node-selector.ts';
import type { Occupancy } from './occupancy.ts';
import type { HostPort, NodeConstraints } from './pod-needs.ts';
import type { SchedulingNode } from './scheduling-node.ts';
import { keptAwayBy } from './taints.ts';
import { topologyFor } from './topology.ts';
import { isUsableOn, type Volume } from './volume.ts';

/** Why a pod cannot go to a node. */
export type Obstacle =
  | 'not-ready'
  | 'cordoned'
  | 'taint'
  | 'node-selector'
  | 'volume'
  | 'host-port'
  | 'affinity'
  | 'anti-affinity'
  | 'spread'
  | 'no-room'
  /** Its kubelet has not said how much room it has. */
  | 'unknown-room';

/** What keeps a pod from a node, told by its place in the occupancy; nothing where it fits, `drained` where it came from. */
export type Fit = (node: SchedulingNode, index: number) => Obstacle | 'drained' | undefined;

/** What is asked of a node whatever else is on it; cut short where the same was asked before. */
export class StaticFit {
  private readonly nodes: readonly SchedulingNode[];
  private readonly known = new Map<string, readonly (Obstacle | undefined)[]>();

  constructor(nodes: readonly SchedulingNode[]) {
    this.nodes = nodes;
  }

  /** One for each node, in their order. */
  obstacles(where: NodeConstraints): readonly (Obstacle | undefined)[] {
    let found = this.known.get(where.key);
    if (!found) this.known.set(where.key, (found = this.nodes.map((node) => obstacleOf(node, where))));
    return found;
  }
}

const cordon = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

function obstacleOf(node: SchedulingNode, { labels, affinity, tolerations }: NodeConstraints): Obstacle | undefined {
  // A pod that tolerates it would be put there, and not run.
  if (!node.ready) return 'not-ready';
  if (node.unschedulable && keptAwayBy([cordon], tolerations)) return 'cordoned';
  if (keptAwayBy(node.taints, tolerations)) return 'taint';
  const labelled = Object.entries(labels).every(([key, value]) => node.labels[key] === value);
  return labelled && selectsNode(affinity, node) ? undefined : 'node-selector';
}

export interface FitQuestion {
  readonly occupancy: Occupancy;
  readonly fixed: StaticFit;
  /** Nodes that are being emptied. */
  readonly drained: ReadonlySet<string>;
}

/** @param volumes that the pod uses */
export function fitOf(pod: ClusterPod, volumes: readonly Volume[], { occupancy, fixed, drained }: FitQuestion): Fit {
  const atFirst = fixed.obstacles(pod.needs.where);
  const topology = topologyFor(pod, occupancy);
  return (node, index) => {
    if (drained.has(node.name)) return 'drained';
    return (
      atFirst[index] ??
      (volumes.every((volume) => isUsableOn(volume, node)) ? undefined : 'volume') ??
      (portsCollide(pod.needs.hostPorts, occupancy.hostPorts(node.name)) ? 'host-port' : undefined) ??
      topology.obstacle(node) ??
      roomObstacle(pod, node, occupancy)
    );
  };
}

function roomObstacle(pod: ClusterPod, node: SchedulingNode, occupancy: Occupancy): Obstacle | undefined {
  const { allocatable } = node;
  if (!allocatable) return 'unknown-room';
  for (const [resource, amount] of pod.needs.requests)
    if (amount > 0 && (allocatable.get(resource) ?? 0) - occupancy.used(node.name, resource) < amount) return 'no-room';
  return undefined;
}

/** Scheduler framework, HostPortInfo: all addresses collide with each. */
function portsCollide(wanted: readonly HostPort[], taken: readonly HostPort[]): boolean {
  return wanted.some(({ port, protocol, ip }) =>
    taken.some(
      (other) =>
        other.port === port &&
        other.protocol === protocol &&
        (other.ip === ip || other.ip === '0.0.0.0' || ip === '0.0.0.0'),
    ),
  );
}
