import { expect, test } from 'vitest';
import type { Evidence, Observed } from '../evidence/evidence.ts';
import type { ImageUse, PodFacts } from '../evidence/pod-facts.ts';
import { guideImages, helpsNobody, joined, neededByNode, storedName } from './needed-images.ts';
import type { NodeImage } from './node-images.ts';

const use = (image: string, more: Partial<ImageUse> = {}): ImageUse => ({
  namespace: 'kube-system',
  owner: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent' },
  container: 'main',
  role: 'container',
  image,
  serviceAccount: 'default',
  pullSecrets: [],
  pods: 1,
  nodes: ['worker-1'],
  ...more,
});

function evidence(pods: Observed<PodFacts> | undefined, namespace?: string): Evidence {
  return {
    scope: { via: 'none', targets: 'cluster', problems: [], ...(namespace === undefined ? {} : { namespace }) },
    cluster: { state: 'seen', value: pods === undefined ? {} : { pods } },
  } as unknown as Evidence;
}

const seen = (...uses: readonly ImageUse[]): Observed<PodFacts> => ({
  state: 'seen',
  value: { pods: uses.length, uses, waiting: [] },
});

test('names are those that runtimes keep: written out, by the digest alone where there is one', () => {
  const digest = `sha256:${'a'.repeat(64)}`;

  expect(storedName('nginx')).toBe('docker.io/library/nginx:latest');
  expect(storedName(`ghcr.io/a/b:1@${digest}`)).toBe(`ghcr.io/a/b@${digest}`);
  expect(storedName('Not A Name')).toBeUndefined();
});

test('each node needs what its own pods of the cluster’s parts want, each image once', () => {
  const needed = neededByNode(
    evidence(
      seen(
        use('calico/node:v3.28.2', { nodes: ['worker-1', 'worker-2'] }),
        use('docker.io/calico/node:v3.28.2', { namespace: 'other', pullPolicy: 'Always' }),
        use('only.test/always:1', { pullPolicy: 'Always' }),
        use('nginx:1', { nodes: [] }),
        use('No Name'),
      ),
    ),
  );
  const of = (node: string) =>
    needed.state === 'seen'
      ? needed.value
          .get(node)
          ?.map(({ name, wanted, isAlwaysPulled }) => [name, wanted.map((one) => one.name), isAlwaysPulled])
      : undefined;

  expect(of('worker-1')).toEqual([
    ['docker.io/calico/node:v3.28.2', ['kube-system/agent', 'other/agent'], false],
    ['only.test/always:1', ['kube-system/agent'], true],
  ]);
  // What somebody else wants as well helps its pods as little.
  const always = { name: 'only.test/always:1', isAlwaysPulled: true, wanted: [{ by: 'pod', name: 'a/b' }] } as const;
  const named = { ...always, isAlwaysPulled: false, wanted: [{ by: 'configuration', name: 'a' }] } as const;
  const both = joined([always, named]);
  expect(both).toMatchObject([{ isAlwaysPulled: true, wanted: [{ by: 'pod' }, { by: 'configuration' }] }]);
  expect([always, ...both, named].map(helpsNobody)).toEqual([true, false, false]);
  expect(of('worker-2')).toEqual([['docker.io/calico/node:v3.28.2', ['kube-system/agent'], false]]);
});

test('what was not listed, or of one namespace alone, is not read as nothing', () => {
  const lost = { state: 'unknown', reason: 'forbidden', detail: '' } as const;

  expect(neededByNode(evidence(lost))).toEqual(lost);
  expect(neededByNode(evidence(undefined)).state).toBe('not-looked-at');
  expect(neededByNode(evidence(seen(), 'shop')).state).toBe('not-looked-at');
});

test('the guide’s list names repositories, and so only what is there', () => {
  const image = (name: string): NodeImage => ({
    id: undefined,
    names: [{ name, digest: undefined, content: 'whole' }],
    bytes: 1,
    pins: [],
    marks: [],
    use: 'none-running',
  });
  const images = [
    'k8s.gcr.io/pause:3.2',
    'docker.io/calico/node:v3.24.1',
    'docker.io/coredns/coredns:1.8.4',
    'shop.test/pause:1',
  ].map(image);

  expect(
    guideImages({ runtime: 'docker', platform: 'linux/amd64', images, odd: 0, downloads: [] }).map(({ name }) => name),
  ).toEqual(['k8s.gcr.io/pause:3.2', 'docker.io/calico/node:v3.24.1', 'docker.io/coredns/coredns:1.8.4']);
});
