import { expect, test } from 'vitest';
import { clusterObjects } from './cluster-objects.ts';
import { planCluster } from './cluster-plan.ts';
import { labAddress, mostNodes, networkAddress } from './addresses.ts';

const plan = planCluster({ name: 'practice', nodes: 5, slot: 77, apiPort: 6443, sshPort: 2222 });

test('a cluster has docker nodes and containerd nodes, named as NKS names them', () => {
  expect(plan.nodes.map(({ name, group }) => [name, group.runtime])).toEqual([
    ['practice-default-worker-node-0', 'docker'],
    ['practice-default-worker-node-1', 'docker'],
    ['practice-default-worker-node-2', 'docker'],
    ['practice-app-worker-node-0', 'containerd'],
    ['practice-app-worker-node-1', 'containerd'],
  ]);
});

test('nothing that identifies something is used twice', () => {
  const ids = plan.nodes.flatMap((node) => [
    node.uid,
    node.machineId,
    node.address,
    ...node.pods.flatMap((pod) => [pod.uid, pod.name, pod.containerId]),
  ]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every address of the largest lab is a host of its network and used once', () => {
  const addresses = Array.from({ length: mostNodes }, (_, index) => [
    labAddress(77, index),
    networkAddress(index),
  ]).flat();
  expect(new Set(addresses).size).toBe(2 * mostNodes);
  for (const address of addresses) {
    expect(address).toMatch(/^(?:127\.77|10\.77)\.\d+\.\d+$/);
    // .0.x is the API server's and the bridge's block; .x.0 and .x.255 look like a network's own addresses.
    const [third = 0, last = 0] = address.split('.').slice(2).map(Number);
    expect(third >= 1 && third <= 254 && last >= 1 && last <= 254, address).toBe(true);
  }
});

test('the objects of a cluster agree with each other and with its nodes', () => {
  const objects = clusterObjects(plan);
  const of = (kind: string) => objects.filter((object) => object.kind === kind);
  expect(of('Namespace').find(({ metadata }) => metadata.name === 'kube-system')?.metadata.uid).toBe(plan.clusterUid);
  expect(of('Node')).toHaveLength(5);
  expect(of('Pod')).toHaveLength(15);
  for (const node of plan.nodes) {
    const object = of('Node').find(({ metadata }) => metadata.uid === node.uid);
    expect(object).toMatchObject({
      metadata: {
        name: node.name,
        labels: { 'magnum.openstack.org/nodegroup': node.group.name, 'kubernetes.io/hostname': node.name },
      },
      status: {
        nodeInfo: {
          machineID: node.machineId,
          containerRuntimeVersion: node.group.containerRuntimeVersion,
          osImage: node.group.osImage,
        },
      },
    });
  }
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  const owners = objects.flatMap(
    ({ metadata }) => (metadata['ownerReferences'] ?? []) as readonly { readonly uid: string }[],
  );
  expect(owners.length).toBeGreaterThan(0);
  for (const { uid } of owners) expect(uids).toContain(uid);
});
