import { describe, expect, test } from 'vitest';
import { nodeGroupOf } from './node-group.ts';
import { detectPlatform, nksClusterName, sshUserFor } from './platform.ts';

const uuid = '8be1c0f7-2c0d-4f4e-9a52-1f1f0a3d7a11';

describe('detectPlatform', () => {
  test.each([
    'https://1a2b3c4d-nks-kr1.container.nhncloud.com:6443',
    'https://1a2b3c4d-kr2-k8s.container.cloud.toast.com:6443',
    'https://1a2b3c4d-nks-kr1.container.gov-nhncloud.com:6443',
  ])('knows NKS by its API server %s', (server) => {
    expect(detectPlatform({ server, nodes: [] })).toBe('nks');
  });

  test.each([
    'https://10.0.0.1:6443',
    'https://container.nhncloud.com.example.org',
    'https://x.notcontainer.nhncloud.com',
    'nonsense',
    '',
  ])('but not by %s', (server) => {
    expect(detectPlatform({ server, nodes: [] })).toBe('generic');
  });

  test('knows NKS by its context, and by the label of Magnum', () => {
    expect(detectPlatform({ context: `nks_prod_${uuid}`, nodes: [] })).toBe('nks');
    expect(detectPlatform({ context: 'kind-nks_prod', nodes: [] })).toBe('generic');
    expect(detectPlatform({ nodes: [{ labels: {} }, { labels: { 'magnum.openstack.org/nodegroup': 'gpu' } }] })).toBe(
      'nks',
    );
    expect(detectPlatform({ nodes: [{ labels: { 'eks.amazonaws.com/nodegroup': 'gpu' } }] })).toBe('generic');
  });
});

test('the name of the cluster is in the context', () => {
  expect(nksClusterName(`nks_my_prod-1_${uuid}`)).toBe('my_prod-1');
  expect(nksClusterName('default')).toBeUndefined();
});

describe('nodeGroupOf', () => {
  test.each([
    [
      'a label before the name',
      'prod-default-worker-node-0',
      { 'magnum.openstack.org/nodegroup': 'gpu' },
      undefined,
      'gpu',
    ],
    ['labels of other providers', 'ip-10-0-0-1', { 'eks.amazonaws.com/nodegroup': 'spot' }, undefined, 'spot'],
    ['an empty label is none', 'n1', { 'eks.amazonaws.com/nodegroup': '', agentpool: 'pool1' }, undefined, 'pool1'],
    ['the default group', 'my-prod-default-worker-node-12', {}, undefined, 'default-worker'],
    ['the cluster taken off', 'my-prod-gpu-pool-node-3', {}, 'my-prod', 'gpu-pool'],
    ['the cluster unknown', 'my-prod-gpu-pool-node-3', {}, undefined, 'my-prod-gpu-pool'],
    ['a group called like the end of a cluster', 'a-b-c-node-3', {}, 'b', 'a-b-c'],
    [
      'the older names with a random part',
      'my-cluster-default-w-vdqxpwisjjsk-node-1',
      {},
      'my-cluster',
      'default-w-vdqxpwisjjsk',
    ],
    ['no form at all', 'worker-1', {}, 'prod', undefined],
    ['a node that is only called so', 'node-1', {}, 'prod', undefined],
  ] as const)('%s', (_, name, labels, cluster, group) => {
    expect(nodeGroupOf({ name, labels }, cluster)).toBe(group);
  });
});

describe('sshUserFor', () => {
  test.each([
    ['Ubuntu 22.04.5 LTS', 'ubuntu'],
    ['Rocky Linux 9.5 (Blue Onyx)', 'rocky'],
    ['CentOS Linux 7 (Core)', 'centos'],
    ['Debian GNU/Linux 11 (bullseye)', 'debian'],
    ['Talos (v1.9.0)', undefined],
    ['', undefined],
  ])('%s', (osImage, user) => {
    expect(sshUserFor('nks', osImage)).toBe(user);
    expect(sshUserFor('generic', osImage)).toBeUndefined();
  });
});
