import { expect, test } from 'vitest';
import type { Evidence } from '../evidence/evidence.ts';
import { daemonSet, fixture } from '../problems/base-images/testing/fixture.ts';
import { knownMinors, knownVersion, versionImages } from './version-images.ts';

const names = (version: string, evidence: Evidence): readonly string[] =>
  versionImages(version, evidence).map(({ name }) => name);

test('what kubeadm has for a version, where the cluster tells nothing else', () => {
  expect(names('v1.33.4', fixture())).toEqual([
    'registry.k8s.io/kube-proxy:v1.33.4',
    'registry.k8s.io/pause:3.10',
    'registry.k8s.io/coredns/coredns:v1.12.0',
  ]);
});

test('from where the cluster has its own', () => {
  const uses = ['mirror.test/k8s/kube-proxy:v1.33.4', 'mirror.test/k8s/coredns:v1.12.0'].map((image) =>
    daemonSet(image),
  );
  const other = daemonSet('evil.test/kube-proxy:v1', { namespace: 'team' });
  expect(names('1.34.3', fixture({}, { uses: [...uses, other] }))).toEqual([
    'mirror.test/k8s/kube-proxy:v1.34.3',
    'registry.k8s.io/pause:3.10.1',
    'mirror.test/k8s/coredns:v1.12.1',
  ]);
  // Of two nobody knows which is meant.
  const two = [daemonSet('a.test/kube-proxy:v1.33.4'), daemonSet('b.test/kube-proxy:v1.33.4')];
  expect(names('1.34.3', fixture({}, { uses: two }))).toContain('registry.k8s.io/kube-proxy:v1.34.3');
});

test('on NKS what is upgraded with Kubernetes: add-ons have versions of their own', () => {
  const evidence = fixture({}, { uses: [daemonSet('mirror.test/kube-proxy:v1.33.4')] });
  if (evidence.cluster.state !== 'seen') throw new Error('no cluster');
  const server = 'https://1a2b3c4d-nks-kr1.container.nhncloud.com:6443';
  const nks: Evidence = { ...evidence, cluster: { state: 'seen', value: { ...evidence.cluster.value, server } } };
  expect(names('1.34.3', nks)).toEqual(['mirror.test/kube-proxy:v1.34.3']);
});

test.each(['1.34', '1.99.0', '2.0.0', 'v1.34.3-rc.1', '1.34.3; reboot', ''])(
  '%j is not a version that is known',
  (text) => {
    expect(knownVersion(text)).toBeUndefined();
    expect(names(text, fixture())).toEqual([]);
  },
);

test('the table has no gap', () => {
  const [first, last] = knownMinors.map((minor) => Number(minor.split('.')[1]));
  for (let minor = first ?? 0; minor <= (last ?? 0); minor++) expect(knownVersion(`1.${minor}.0`)).toBeDefined();
  expect(knownMinors).toEqual(['1.23', '1.34']);
});
