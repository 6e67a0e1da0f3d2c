import { expect, test } from 'vitest';
import { fixture } from '../../problems/base-images/testing/fixture.ts';
import { planBroughtImages, type BroughtImage } from './brought-images.ts';

/** A real docker 20.10 that has this configuration as localhost/box:1 and registry.k8s.io/pause:3.6. */
const evidence = fixture({ runtime: 'docker-20.10.24', used: 10 });
const configuration = 'sha256:b107283e9fa5980dd19fb363e3b50650cf118665598fa55ab630b5293fa7c080';
const digest = `sha256:${'ab'.repeat(32)}`;

function planned(change: Partial<BroughtImage>): ReturnType<typeof planBroughtImages> {
  const image: BroughtImage = {
    name: 'registry.k8s.io/new:1',
    digest,
    configuration: `sha256:${'cd'.repeat(32)}`,
    platform: 'linux/amd64',
    bytes: 3000,
    of: { node: 'worker-9', runtime: 'containerd' },
    ...change,
  };
  return planBroughtImages({ evidence, nodes: ['worker-1'], images: [image] });
}

test('docker is brought what it lacks, by its own socket and onto its own disk', () => {
  expect(planned({}).plan.actions).toMatchObject([
    {
      runtime: 'docker',
      socket: '/var/run/docker.sock',
      was: '',
      room: { path: '/var/lib/docker' },
      source: { from: 'archive' },
    },
  ]);
});

test('docker has an image where the configuration is the same, whatever the manifest was', () => {
  const { findings, plan } = planned({ name: 'registry.k8s.io/pause:3.6', configuration });
  expect([findings.map(({ status }) => status), plan.actions]).toEqual([['pass'], []]);
  expect(planned({ configuration }).plan.actions).toMatchObject([{ source: { from: 'node' }, bytes: 0 }]);
});

test('no name of docker is moved, and none with a digest is made', () => {
  const taken = planned({ name: 'registry.k8s.io/pause:3.6' }).plan;
  const byDigest = planned({ name: `registry.k8s.io/new@${digest}` }).plan;
  expect([...taken.actions, ...byDigest.actions]).toEqual([]);
  expect(taken.refused.map(({ key }) => key)).toEqual(['refused.taken']);
  expect(byDigest.refused.map(({ key }) => key)).toEqual(['refused.docker-digest']);
});
