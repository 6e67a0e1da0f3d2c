import { expect, test } from 'vitest';
import type { NodeEvidence, Observed } from '../../evidence/evidence.ts';
import { fixture, without, type FixtureNode } from '../../problems/base-images/testing/fixture.ts';
import { judgeDoctor } from './judge.ts';
import { podImages } from './pod-images.ts';
import { doctorExit, type DoctorRow } from './row.ts';

const own = `registry.example/nodemend@sha256:${'b'.repeat(64)}`;

/** As doctor sees a node with an image configured for its pods. */
function rowsOf(node: FixtureNode, image: string): readonly DoctorRow[] {
  const evidence = fixture({ ...node, withoutApi: true }, { baseImages: [image] });
  const [tried] = evidence.nodes as readonly [NodeEvidence];
  return judgeDoctor({
    now: new Date(evidence.collectedAt),
    api: { state: 'not-looked-at', enable: '--kubeconfig' },
    groups: {
      state: 'seen',
      value: [{ group: 'workers', nodes: 3, tried, user: 'root', images: podImages(tried, evidence) }],
    },
  });
}

function rowOf(node: FixtureNode, image: string): DoctorRow | undefined {
  return rowsOf(node, image).find(({ check }) => check === 'pod-images');
}

test('with the sandbox image and nodemend’s own on the node, pods start without a registry', () => {
  expect(rowOf({ runtime: 'containerd-2.4.2' }, 'registry.k8s.io/kube-proxy:v1.34.4')).toMatchObject({
    state: 'ok',
    subject: 'workers',
    text: { params: { images: 'registry.k8s.io/kube-proxy:v1.34.4, registry.k8s.io/pause:3.6' } },
  });
});

test('with nodemend’s own image gone only SSH works, and doctor says so', () => {
  const rows = rowsOf({ runtime: 'containerd-2.4.2' }, own);

  expect(rows.find(({ check }) => check === 'pod-images')).toMatchObject({
    state: 'warn',
    text: { key: 'doctor.podImages.lacking', params: { images: own, node: 'worker-1' } },
    next: { key: 'doctor.podImages.next' },
  });
  expect(doctorExit(rows)).toBe(4);
});

test('with the sandbox image gone as well', () => {
  const node: FixtureNode = { images: without(/ registry\.k8s\.io\/pause:/) };

  expect(rowOf(node, 'docker.io/library/box:1')).toMatchObject({
    state: 'warn',
    text: { params: { images: 'registry.k8s.io/pause:3.6' } },
  });
});

test.each<[string, FixtureNode]>([
  ['the images could not be listed', { images: () => 'use 2 container docker.io/library/box:1\nno-client\n' }],
  ['which sandbox image is in effect is not known', { configuration: without(/^sandbox_image/) }],
])('%s: unknown, and never ok', (_name, node) => {
  const rows = rowsOf(node, 'docker.io/library/box:1');

  expect(rows.find(({ check }) => check === 'pod-images')).toMatchObject({ state: 'unknown' });
  expect(doctorExit(rows)).toBe(5);
});

test('where no image is configured for pods, nothing is said of them', () => {
  const access: Observed<never> = { state: 'not-looked-at', enable: '--via ssh' };
  const [tried] = fixture({}).nodes as readonly [NodeEvidence];
  const rows = judgeDoctor({
    now: new Date(),
    api: access,
    groups: { state: 'seen', value: [{ group: 'workers', nodes: 1, tried, user: 'root' }] },
  });

  expect(rows.some(({ check }) => check === 'pod-images')).toBe(false);
});
