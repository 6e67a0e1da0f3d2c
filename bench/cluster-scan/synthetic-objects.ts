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
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'topology.kubernetes.io/zone': 'kr-pub-a', 'magnum.openstack.org/nodegroup': 'default-worker' },
    },
    spec: { podCIDR: `10.${index >> 8}.${index & 255}.0/24`, providerID: `openstack:///${name}` },
    status: {
      capacity: { cpu: '4', memory: '8148980Ki', pods: '110', 'ephemeral-storage': '51474024Ki' },
      allocatable: { cpu: '4', memory: '8046580Ki', pods: '110', 'ephemeral-storage': '47438460439' },
      conditions: conditionTypes.map((type) => ({ type, status: type === 'Ready' ? 'True' : 'False', lastHeartbeatTime: time, lastTransitionTime: time, reason: `Kubelet${type}`, message: `kubelet says that ${type} is as it should be` })),
      addresses: [{ type: 'InternalIP', address: `192.168.${index >> 8}.${index & 255}` }, { type: 'Hostname', address: name }],
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

/** A Pod of some 2.5 KB on one of the nodes, never started. */
export function syntheticPod(index: number, nodes: number): JsonObject {
  const name = `service-${index % 977}-${index}`;
  const env = Array.from({ length: 8 }, (_, variable) => ({ name: `SETTING_${variable}`, value: `value-${variable}-of-${name}` }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: `service-${index % 977}`, 'pod-template-hash': '5d4f8c7b9' } },
    spec: {
      nodeName: `bench-default-worker-node-${index % nodes}`,
      containers: [{ name: 'main', image: `registry.example.test/team/service-${index % 977}:1.0.${index % 10}`, env, resources: { requests: { cpu: '100m', memory: '128Mi' } } }],
    },
  };
}
