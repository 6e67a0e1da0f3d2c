import type { KubeObject } from '../api/objects.ts';
import type { Kind } from '../api/resources.ts';
import type { ClusterPlan, PlannedNode, PlannedPod } from './cluster-plan.ts';
import { ordersReplicaSet } from './cluster-plan.ts';
import { imageConfiguration } from './image-configuration.ts';

/** An object of a kind that the fake serves. */
export interface ServedObject extends KubeObject {
  readonly kind: Kind;
}

/**
 * The objects of a cluster as its API shows them when every node is up, but for the boot ids, which the nodes bring.
 * Node objects have the shape of NKS's own: names, Magnum's labels, no ExternalIP.
 */
export function clusterObjects(plan: ClusterPlan): readonly ServedObject[] {
  return [
    ...namespaces(plan),
    ...plan.nodes.map((node) => nodeObject(plan, node)),
    ...workloads(plan),
    ...plan.nodes.flatMap((node) => node.pods.map((pod) => podObject(plan, node, pod))),
    ...plan.nodes.map((node) => startedEvent(plan, node)),
  ];
}

function namespaces(plan: ClusterPlan): readonly ServedObject[] {
  const names = ['default', 'kube-node-lease', 'kube-public', 'kube-system', 'nodemend', 'nodemend-runs', 'shop'];
  return names.map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      creationTimestamp: plan.createdAt,
      labels: { 'kubernetes.io/metadata.name': name },
      ...(name === 'kube-system' && { uid: plan.clusterUid }),
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }));
}

function nodeObject(plan: ClusterPlan, node: PlannedNode): ServedObject {
  const { group } = node;
  const capacity = { cpu: '2', memory: '3928904Ki', pods: '110', 'ephemeral-storage': '30946Mi' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      uid: node.uid,
      creationTimestamp: plan.createdAt,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': 'linux',
        'magnum.openstack.org/nodegroup': group.name,
        'magnum.openstack.org/role': 'worker',
        'node.kubernetes.io/instance-type': 'm2.c2m4',
        'topology.kubernetes.io/region': 'KR1',
        'topology.kubernetes.io/zone': node.index % 2 === 0 ? 'kr-pub-a' : 'kr-pub-b',
      },
      annotations: { 'nodemend.dev/lab': 'practice node, not a real one' },
    },
    spec: { podCIDR: node.podCidr, providerID: `openstack:///${node.uid}` },
    status: {
      addresses: [
        { type: 'InternalIP', address: node.address },
        { type: 'Hostname', address: node.name },
      ],
      capacity,
      allocatable: capacity,
      conditions: nodeConditions(plan.createdAt),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: group.containerRuntimeVersion,
        kernelVersion: group.kernelVersion,
        kubeProxyVersion: group.kubeletVersion,
        kubeletVersion: group.kubeletVersion,
        machineID: node.machineId,
        operatingSystem: 'linux',
        osImage: group.osImage,
        systemUUID: node.uid,
      },
    },
  };
}

/** What kubelet reports of a node in good health; the times are when it last did, and when it last changed. */
export function nodeConditions(heartbeat: string, since: string = heartbeat): readonly object[] {
  const condition = (type: string, status: string, reason: string, message: string): object => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: heartbeat,
    lastTransitionTime: since,
  });
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ];
}

/** What the node controller makes of them when kubelet has been silent for too long. */
export function unknownConditions(since: string): readonly object[] {
  return nodeConditions(since).map((condition) => ({
    ...condition,
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  }));
}

function workloads(plan: ClusterPlan): readonly ServedObject[] {
  const nodes = plan.nodes.length;
  const daemonSet = (name: string): ServedObject => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name,
      namespace: 'kube-system',
      uid: uidOf(plan, name),
      creationTimestamp: plan.createdAt,
      labels: { 'k8s-app': name },
    },
    spec: { selector: { matchLabels: { 'k8s-app': name } } },
    status: { currentNumberScheduled: nodes, desiredNumberScheduled: nodes, numberMisscheduled: 0, numberReady: nodes },
  });
  const orders = { namespace: 'shop', creationTimestamp: plan.createdAt, labels: { app: 'orders' } };
  const spec = { replicas: nodes, selector: { matchLabels: { app: 'orders' } } };
  const status = { replicas: nodes, readyReplicas: nodes, availableReplicas: nodes };
  return [
    daemonSet('kube-proxy'),
    // Of a network that no problem knows: faults bring Calico and Flannel under their own names.
    daemonSet('cilium'),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...orders, name: 'orders', uid: uidOf(plan, 'orders') },
      spec,
      status,
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        ...orders,
        name: ordersReplicaSet,
        uid: uidOf(plan, ordersReplicaSet),
        ownerReferences: [owner(plan, 'Deployment', 'orders')],
      },
      spec,
      status,
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { ...orders, name: 'orders' },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'orders' } } },
      status: {
        expectedPods: nodes,
        currentHealthy: nodes,
        desiredHealthy: nodes - 1,
        disruptionsAllowed: 1,
        observedGeneration: 1,
      },
    },
  ];
}

function podObject(plan: ClusterPlan, node: PlannedNode, pod: PlannedPod): ServedObject {
  const started = plan.createdAt;
  const ready = (type: string): object => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: started });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      uid: pod.uid,
      creationTimestamp: started,
      labels: pod.labels,
      ownerReferences: [owner(plan, pod.owner.kind, pod.owner.name)],
    },
    spec: { nodeName: node.name, containers: [{ name: pod.container, image: pod.image }], restartPolicy: 'Always' },
    status: {
      phase: 'Running',
      hostIP: node.address,
      podIP: node.networkAddress,
      startTime: started,
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(ready),
      containerStatuses: [
        {
          name: pod.container,
          image: pod.image,
          // As kubelet says it of an image that was loaded, as those of the nodes were.
          imageID: `${node.group.runtime === 'docker' ? 'docker://' : ''}${imageConfiguration(pod.image).digest}`,
          containerID: `${node.group.runtime}://${pod.containerId}`,
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: started } },
        },
      ],
    },
  };
}

function startedEvent(plan: ClusterPlan, node: PlannedNode): ServedObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${node.name}.starting`, namespace: 'default', creationTimestamp: plan.createdAt },
    involvedObject: { kind: 'Node', name: node.name, uid: node.name },
    reason: 'Starting',
    message: 'Starting kubelet.',
    type: 'Normal',
    count: 1,
    source: { component: 'kubelet', host: node.name },
    firstTimestamp: plan.createdAt,
    lastTimestamp: plan.createdAt,
  };
}

function owner(plan: ClusterPlan, kind: string, name: string): object {
  return { apiVersion: 'apps/v1', kind, name, uid: uidOf(plan, name), controller: true, blockOwnerDeletion: true };
}

/** A UID that follows from the cluster's and a name, so that owners and owned agree. */
function uidOf(plan: ClusterPlan, name: string): string {
  const tail = Buffer.from(name).toString('hex').padEnd(12, '0').slice(0, 12);
  return `${plan.clusterUid.slice(0, 24)}${tail}`;
}
