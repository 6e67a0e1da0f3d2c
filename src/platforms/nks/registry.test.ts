import { expect, test } from 'vitest';
import guide from './guide-images.json' with { type: 'json' };
import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import { currentName } from '../../images/sources/name-map.ts';
import { nksName, nksRegistries, nksRegistryIn } from './registry.ts';

test.each([
  ['https://1a2b3c4d-nks-kr1.container.nhncloud.com:6443', 'dfe965c3-kr1-registry.container.nhncloud.com'],
  ['https://1a2b3c4d-kr2-k8s.container.cloud.toast.com:6443', '6e7f43c6-kr2-registry.container.cloud.toast.com'],
  ['https://1a2b3c4d-nks-kr2.container.gov-nhncloud.com', 'ca6dde7d-kr2-registry.container.gov-nhncloud.com'],
])('%s', (server, host) => {
  expect(nksRegistries(server)).toEqual([`${host}/container_service`, `private-${host}/container_service`]);
});

test.each([
  'https://10.0.0.1:6443',
  'https://1a2b3c4d-nks-jp1.container.nhncloud.com:6443',
  'https://x-nks-kr1.container.nhncloud.com.evil.test:6443',
  'https://kr1.container.nhncloud.com:6443',
  'no URL',
])('%s has no region', (server) => {
  expect(nksRegistries(server)).toEqual([]);
});

test('an image of the cluster tells its registry, with and without a way to the internet, and of deeper folders', () => {
  for (const host of [
    'dfe965c3-kr1-registry.container.nhncloud.com',
    'private-6e7f43c6-kr2-registry.container.cloud.toast.com',
    'af80e8b3-kr-registry.container.gov-nhncloud.com',
    // Of a region that the table does not have.
    '01234567-jp1-registry.container.nhncloud.com',
  ])
    for (const below of ['pause:3.10', 'istio/pilot:1.20.0', `kube-proxy@sha256:${'a'.repeat(64)}`])
      expect(nksRegistryIn(`${host}/container_service/${below}`)).toBe(`${host}/container_service`);
});

test.each([
  'registry.k8s.io/pause:3.10',
  'dfe965c3-kr1-registry.container.nhncloud.com/somebody/pause:3.10',
  'dfe965c3-kr1-registry.container.nhncloud.com/container_service',
  'dfe965c3-kr1-registry.container.nhncloud.com.evil.test/container_service/pause:3.10',
  'harbor-kr1.cloud.toastoven.net/container_service/pause:3.2',
  'container_service/pause:3.10',
])('%s names none', (reference) => {
  expect(nksRegistryIn(reference)).toBeUndefined();
});

test('every image of the guide’s list has its name, and those are known that share one', () => {
  const current = guide.repositories.map((written) => {
    const reference = parseReference(written);
    return isInvalid(reference) ? written : currentName(`${reference.registry}/${reference.repository}`);
  });
  expect(current.filter((name) => nksName(name) === undefined)).toEqual([]);
  expect(new Set(current.filter((name) => nksName(name)?.isShared))).toEqual(
    new Set([
      'docker.io/coredns/coredns',
      'registry.k8s.io/cluster-proportional-autoscaler-amd64',
      'registry.k8s.io/cpa/cluster-proportional-autoscaler-amd64',
      'registry.k8s.io/node-problem-detector',
      'registry.k8s.io/node-problem-detector/node-problem-detector',
    ]),
  );
  expect(nksName('toString')).toBeUndefined();
});
