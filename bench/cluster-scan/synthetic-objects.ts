import type { JsonObject } from '../../src/kubernetes/api.ts';

const conditionTypes = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable', 'Ready'];

/** A Node of some 11 KB, most of it images, as a busy kubelet reports it. Synthetic: no such machine exists. */
export function syntheticNode(index: number): JsonObject {
  const name = `bench-default-worker-node-${index}`;
  const time = '2026-01-02T03:04:05Z';
  const images = Array.from({ length: 50 }, (_, image) => ({
    names: [
      `registry.example.test/team-${image % 7}/service-${image}@sha256:${String(image).padStart(64, 'a')}`,
      `registry.example.test/team-${image % 7}/service-${image}:1.${image}.0`,
    ],
    sizeBytes: 100_000_000 + image * 1_234_567,
  }));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': 'kr-pub-a',
        'magnum.openstack.org/nodegroup': 'default-worker',
      },
    },
    spec: { podCIDR: `10.${index >> 8}.${index & 255}.0/24`, providerID: `openstack:///${name}` },
    status: {
      capacity: { cpu: '4', memory: '8148980Ki', pods: '110', 'ephemeral-storage': '51474024Ki' },
      allocatable: { cpu: '4', memory: '8046580Ki', pods: '110', 'ephemeral-storage': '47438460439' },
      conditions: conditionTypes.map((type) => ({
        type,
        status: type === 'Ready' ? 'True' : 'False',
        lastHeartbeatTime: time,
        lastTransitionTime: time,
        reason: `Kubelet${type}`,
        message: `kubelet says that ${type} is as it should be`,
      })),
      addresses: [
        { type: 'InternalIP', address: `192.168.${index >> 8}.${index & 255}` },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: {
        machineID: name,
        systemUUID: name,
        bootID: name,
        kernelVersion: '5.15.0-164-generic',
        osImage: 'Ubuntu 22.04.5 LTS',
        containerRuntimeVersion: 'containerd://1.6.21',
        kubeletVersion: 'v1.33.4',
        kubeProxyVersion: 'v1.33.4',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      images,
    },
  };
}

/** Namespaces that the workloads are in. */
export const namespaceCount = 20;

export function namespaceName(index: number): string {
  return `team-${index % namespaceCount}`;
}

/** One of each hundred comes from a registry that was retired, another from one that was renamed. */
function imageOf(workload: number): string {
  if (workload % 100 === 7) return `k8s.gcr.io/service-${workload}:1.0.0`;
  if (workload % 100 === 8) return `docker.pkg.github.com/team/service/service-${workload}:1.0.0`;
  return `registry.example.test/team/service-${workload}:1.0.${workload % 10}`;
}

/** What the pods of one workload of fifty wait for, in the words of containerd 1.6. */
function failureOf(workload: number): string | undefined {
  if (workload % 50 !== 3) return undefined;
  const image = imageOf(workload);
  const failed = `failed to pull and unpack image "${image}": failed to resolve reference "${image}"`;
  const causes = [
    `rpc error: code = NotFound desc = ${failed}: ${image}: not found`,
    `rpc error: code = Unknown desc = ${failed}: failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized`,
    `rpc error: code = Unknown desc = ${failed}: failed to do request: Head ` +
      '"https://registry.example.test/v2/": dial tcp: lookup registry.example.test: no such host',
    `rpc error: code = Unknown desc = ${failed}: failed to do request: Head ` +
      '"https://registry.example.test/v2/": dial tcp 192.0.2.1:443: connect: connection refused',
  ];
  return causes[Math.floor(workload / 50) % causes.length];
}

/** A Deployment and its ReplicaSet, of some 2 KB each. */
export function syntheticWorkload(index: number): { readonly deployment: JsonObject; readonly replicaSet: JsonObject } {
  const name = `service-${index}`;
  const namespace = namespaceName(index);
  const labels = { app: name };
  const selector = { matchLabels: labels };
  const template = { metadata: { labels }, spec: podSpec(index) };
  return {
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels },
      spec: { replicas: 10, selector, template },
    },
    replicaSet: {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: replicaSetName(index), namespace, labels, ownerReferences: [owner('Deployment', name)] },
      spec: { replicas: 10, selector, template },
    },
  };
}

function replicaSetName(workload: number): string {
  return `service-${workload}-5d4f8c7b9`;
}

/** The UID is of no object: nobody here collects garbage by it. */
function owner(kind: string, name: string): JsonObject {
  return { apiVersion: 'apps/v1', kind, name, uid: '00000000-0000-4000-8000-000000000000', controller: true };
}

function podSpec(workload: number): JsonObject {
  const env = Array.from({ length: 8 }, (_, variable) => ({
    name: `SETTING_${variable}`,
    value: `value-${variable}-of-service-${workload}`,
  }));
  return {
    containers: [
      { name: 'main', image: imageOf(workload), env, resources: { requests: { cpu: '100m', memory: '128Mi' } } },
    ],
  };
}

export interface SyntheticPod {
  readonly pod: JsonObject;
  /** Absent where it waits for nothing: as much as is known of a pod that kubelet has not looked at. */
  readonly failing?: { readonly status: JsonObject; readonly event: JsonObject };
}

/** A Pod of some 2.5 KB of one of the workloads on one of the nodes, never started; some cannot get their image. */
export function syntheticPod(
  index: number,
  { nodes, workloads }: { readonly nodes: number; readonly workloads: number },
): SyntheticPod {
  const workload = index % workloads;
  const name = `${replicaSetName(workload)}-${index}`;
  const namespace = namespaceName(workload);
  const node = `bench-default-worker-node-${index % nodes}`;
  const labels = { app: `service-${workload}`, 'pod-template-hash': '5d4f8c7b9' };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, ownerReferences: [owner('ReplicaSet', replicaSetName(workload))] },
    spec: { nodeName: node, ...podSpec(workload) },
  };
  const message = failureOf(workload);
  if (message === undefined) return { pod };
  const image = imageOf(workload);
  const waiting = { reason: 'ErrImagePull', message };
  const status = {
    phase: 'Pending',
    containerStatuses: [{ name: 'main', image, imageID: '', ready: false, restartCount: 0, state: { waiting } }],
  };
  const time = '2026-01-02T03:04:05Z';
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.failed`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name },
    reason: 'Failed',
    message: `Failed to pull image "${image}": ${message}`,
    type: 'Warning',
    source: { component: 'kubelet', host: node },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 3,
  };
  return { pod, failing: { status, event } };
}
