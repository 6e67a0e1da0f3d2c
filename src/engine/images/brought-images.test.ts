import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixture, without, type FixtureNode } from '../../problems/base-images/testing/fixture.ts';
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

test('what a docker has in containerd’s image store is unknown, and nothing is planned for it', () => {
  const recorded = join(import.meta.dirname, '../../images/fixtures/docker-26.1.5-containerd-store.docker-images.txt');
  const node: FixtureNode = { runtime: 'docker-20.10.24', used: 10, images: () => readFileSync(recorded, 'utf8') };
  const image: BroughtImage = { ...proxy, of: { node: 'worker-9', runtime: 'containerd' } };
  const { findings, plan } = planBroughtImages({ evidence: fixture(node), nodes: ['worker-1'], images: [image] });
  expect([findings.map(({ status }) => status), plan.actions]).toEqual([['unknown'], []]);
  const { images: _, ...ordinary } = node;
  const planned = planBroughtImages({ evidence: fixture(ordinary), nodes: ['worker-1'], images: [image] });
  expect(planned.findings.map(({ status }) => status)).toEqual(['fail']);
});

/** What a real containerd 1.6 has of it. */
const proxy = {
  name: 'registry.k8s.io/kube-proxy:v1.34.4',
  digest: 'sha256:1a7d7058d4d0aa852b4b99381802b9665e3bc7f044133c9632c6a93928155142',
  platform: 'linux/amd64',
  configuration,
  bytes: 3000,
};

test('containerd has what docker packed again, and what is called by its digest only with that', () => {
  const node: FixtureNode = { runtime: 'containerd-1.6.20', used: 10 };
  const of = { node: 'worker-9', runtime: 'docker' } as const;
  const own = 'sha256:a6f08412fd43f605767b3e38b8f029ad2292da92641a697dcc49e89ac9c808ee';
  const on = (change: Partial<BroughtImage>): readonly string[] => {
    const images = [{ ...proxy, configuration: own, digest, of, ...change }];
    const { findings, plan } = planBroughtImages({ evidence: fixture(node), nodes: ['worker-1'], images });
    return [...findings.map(({ status }) => status), ...plan.refused.map(({ key }) => key)];
  };

  expect(on({})).toEqual(['pass']);
  expect(on({ configuration })).toEqual(['fail', 'refused.taken']);
  expect(on({ name: proxy.name.replace(/:v.*/u, `@${digest}`) })).not.toContain('pass');
});

test('who else has the very same may give it, too, as far as it is containerd that has it', () => {
  const six = ['1', '2', '3', '4', '5', '6'].map((at): FixtureNode => ({
    name: `worker-${at}`,
    runtime: 'containerd-1.6.20',
  }));
  const lacking: FixtureNode = {
    name: 'worker-7',
    runtime: 'containerd-1.6.20',
    used: 10,
    images: without(/kube-proxy/),
  };
  const other = digest.slice('sha256:'.length);
  const [first, second, ...rest] = six;
  const moved = { ...first, images: (text: string) => text.replaceAll(proxy.digest.slice('sha256:'.length), other) };
  const sourceOf = (runtime: 'containerd' | 'docker', nodes: readonly FixtureNode[]): unknown =>
    planBroughtImages({
      evidence: fixture([...nodes, lacking]),
      nodes: ['worker-7'],
      images: [{ ...proxy, of: { node: 'worker-2', runtime } }],
    }).plan.actions.map((action) => 'source' in action && action.source);
  const [from, of] = ['archive', { node: 'worker-2', runtime: 'containerd' }];
  const others = ['worker-3', 'worker-4', 'worker-5'];
  expect(sourceOf('containerd', [moved, second ?? {}, ...rest])).toEqual([{ from, of: { ...of, others } }]);
  expect(sourceOf('containerd', [second ?? {}])).toEqual([{ from, of }]);
  expect(sourceOf('docker', six)).toEqual([{ from, of: { ...of, runtime: 'docker' } }]);
});

test('the archive itself takes room where the images lie until it was imported', () => {
  const node: FixtureNode = { runtime: 'containerd-1.6.20', used: 10, inodes: 0, images: without(/kube-proxy/) };
  const planOf = (bytes: number): ReturnType<typeof planBroughtImages>['plan'] =>
    planBroughtImages({
      evidence: fixture(node),
      nodes: ['worker-1'],
      images: [{ ...proxy, bytes, of: { node: 'worker-9', runtime: 'containerd' } }],
    }).plan;
  // 303.1 MB are left before 85 % of 409.6 are used: five times as much as 60 MB.
  expect(planOf(60_000_000).actions).toMatchObject([{ bytes: 60_000_000, room: { needed: 240_000_000 } }]);
  const { actions, refused } = planOf(61_000_000);
  expect([actions, refused.map(({ key, params }) => [key, params['neededBytes']])]).toEqual([
    [],
    [['refused.room', 305_000_000]],
  ]);
});

/** Two images of so many bytes. */
function roomOn(
  node: FixtureNode,
  bytes: number,
  files: Pick<BroughtImage, 'files'> = {},
): ReturnType<typeof planBroughtImages>['plan'] {
  return planBroughtImages({
    evidence: fixture({ runtime: 'containerd-1.6.20', used: 10, images: without(/kube-proxy/), ...node }),
    nodes: ['worker-1'],
    images: [
      { ...proxy, ...files, bytes, of: { node: 'worker-9', runtime: 'containerd' } },
      {
        ...proxy,
        ...files,
        name: 'registry.k8s.io/second:1',
        digest,
        bytes,
        of: { node: 'worker-9', runtime: 'containerd' },
      },
    ],
  }).plan;
}

test('an archive on another disk is held against the room there, one at a time', () => {
  const on = (blocks: number): FixtureNode => ({ others: { blocks, path: '/var/lib' } });
  // 5,000 blocks have to stay free there.
  expect(roomOn(on(6000), 4_096_000).actions).toMatchObject([
    { room: { archiveKeepFree: 20_480_000 } },
    { room: { archiveKeepFree: 20_480_000 } },
  ]);
  const { actions, refused } = roomOn(on(5999), 4_096_000);
  expect([actions, refused[0]]).toMatchObject([
    [],
    {
      key: 'refused.room-archive',
      params: { neededBytes: 4_096_000, freeBytes: 999 * 4096, path: '/var/lib' },
    },
  ]);
});

test('images whose files would use up the inodes that kubelet keeps free are not brought', () => {
  // A file for each 4 KiB; of 5,000 inodes 250 have to stay free.
  expect(roomOn({ freeInodes: 2250 }, 4_096_000).actions).toMatchObject([
    { room: { inodes: { needed: 1000, keepFree: 250 } } },
    { room: { inodes: { needed: 1000, keepFree: 250 } } },
  ]);
  expect(roomOn({ freeInodes: 2249 }, 4_096_000, { files: 488 }).actions).toMatchObject([
    { room: { inodes: { needed: 1000 } } },
  ]);
  const { actions, refused } = roomOn({ freeInodes: 2249 }, 4_096_000);
  expect([actions.length, refused]).toMatchObject([
    1,
    [{ key: 'refused.room-inodes', params: { neededInodes: 1000, freeInodes: 999, path: '/var/lib/containerd' } }],
  ]);
});
