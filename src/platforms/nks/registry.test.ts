import { expect, test } from 'vitest';
import guide from './guide-images.json' with { type: 'json' };
import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import { currentName } from '../../images/sources/name-map.ts';
import { nksName, nksRegistries } from './registry.ts';

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
