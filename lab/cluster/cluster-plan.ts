import { randomBytes, randomUUID } from 'node:crypto';
import { nodeGroups, type NodeGroup } from './node-groups.ts';
import { labAddress, networkAddress } from './addresses.ts';

/**
 * Everything about a practice cluster that is decided before anything is started; plain JSON, written to the state
 * folder.
 */
export interface ClusterPlan {
  readonly name: string;
  /** Which of the loopback networks 127.N.0.0/16 the lab uses. */
  readonly slot: number;
  readonly apiPort: number;
  readonly sshPort: number;
  readonly createdAt: string;
  readonly clusterUid: string;
  readonly nodes: readonly PlannedNode[];
}

export interface PlannedNode {
  readonly name: string;
  readonly index: number;
  readonly group: NodeGroup;
  readonly uid: string;
  readonly machineId: string;
  /**
   * Where the machine reaches the node's sshd, and the Node object's InternalIP: an address of the machine's loopback.
   */
  readonly address: string;
  /** The node's own eth0, reachable inside the lab only. */
  readonly networkAddress: string;
  readonly podCidr: string;
  readonly pods: readonly PlannedPod[];
  /** The one of them whose log a process in the node keeps writing. */
  readonly growing: PlannedPod;
}

export interface PlannedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly owner: { readonly kind: 'DaemonSet' | 'ReplicaSet'; readonly name: string };
  readonly labels: Readonly<Record<string, string>>;
  readonly container: string;
  readonly image: string;
  /** 64 hexadecimal digits. */
  readonly containerId: string;
}

export interface ClusterPlanOptions {
  readonly name: string;
  readonly nodes: number;
  readonly slot: number;
  readonly apiPort: number;
  readonly sshPort: number;
}

/** The ReplicaSet whose pods log; one on each node. */
export const ordersReplicaSet = 'orders-7c5d8f6b9d';

/** Plans a cluster: the older half of the nodes (at least one) runs docker, the rest containerd. */
export function planCluster(options: ClusterPlanOptions): ClusterPlan {
  const dockerNodes = Math.ceil(options.nodes / 2);
  const nodes = Array.from({ length: options.nodes }, (_, index): PlannedNode => {
    const group = index < dockerNodes ? nodeGroups[0] : nodeGroups[1];
    const number = index < dockerNodes ? index : index - dockerNodes;
    const growing = ordersPod();
    return {
      name: `${options.name}-${group.name}-node-${number}`,
      index,
      group,
      uid: randomUUID(),
      machineId: randomBytes(16).toString('hex'),
      address: labAddress(options.slot, index),
      networkAddress: networkAddress(index),
      podCidr: `10.100.${index % 256}.0/24`,
      pods: [...systemPods(), growing],
      growing,
    };
  });
  return {
    name: options.name,
    slot: options.slot,
    apiPort: options.apiPort,
    sshPort: options.sshPort,
    createdAt: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    clusterUid: randomUUID(),
    nodes,
  };
}

function ordersPod(): PlannedPod {
  return pod(
    'shop',
    { kind: 'ReplicaSet', name: ordersReplicaSet },
    { app: 'orders' },
    'docker.io/library/orders:1.4.2',
  );
}

function systemPods(): readonly PlannedPod[] {
  return [
    pod(
      'kube-system',
      { kind: 'DaemonSet', name: 'kube-proxy' },
      { 'k8s-app': 'kube-proxy' },
      'registry.k8s.io/kube-proxy:v1.31.4',
    ),
    pod('kube-system', { kind: 'DaemonSet', name: 'cilium' }, { 'k8s-app': 'cilium' }, 'quay.io/cilium/cilium:v1.16.5'),
  ];
}

function pod(namespace: string, owner: PlannedPod['owner'], labels: PlannedPod['labels'], image: string): PlannedPod {
  return {
    namespace,
    name: `${owner.name}-${podSuffix()}`,
    uid: randomUUID(),
    owner,
    labels,
    container: owner.kind === 'ReplicaSet' ? 'orders' : owner.name,
    image,
    containerId: randomBytes(32).toString('hex'),
  };
}

/** Five letters as Kubernetes draws them (no vowels, no 0, 1, 3). */
function podSuffix(): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from(randomBytes(5), (byte) => letters[byte % letters.length]).join('');
}
