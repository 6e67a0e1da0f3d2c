import { expect, test } from 'vitest';
import type { Evidence } from '../evidence/evidence.ts';
import type { ImageUse } from '../evidence/pod-facts.ts';
import type { NodeImages } from './node-images.ts';
import type { NodeView } from './node-view.ts';
import { replacedTags } from './replaced-tags.ts';

const name = 'registry.k8s.io/kube-proxy:v1.34.4';
const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;
const [oldId, newId, oldIndex, newIndex, manifest] = ['a', 'b', 'c', 'd', 'e'].map(digestOf) as [
  string,
  string,
  string,
  string,
  string,
];

/** The tag was moved: the old image is left with what it was pulled by. */
const moved: NodeImages['images'] = [
  image(oldId, [
    [`registry.k8s.io/kube-proxy@${oldIndex}`, oldIndex],
    [oldId, manifest],
  ]),
  image(newId, [
    [name, newIndex],
    [`registry.k8s.io/kube-proxy@${newIndex}`, newIndex],
  ]),
];

function image(id: string, names: readonly (readonly [string, string])[]): NodeImages['images'][number] {
  return {
    id,
    names: names.map(([one, digest]) => ({ name: one, digest, content: 'whole' })),
    bytes: 1,
    pins: [],
    marks: [],
    use: 'running',
  };
}

function viewOf(images: NodeImages['images'], node = 'worker-1'): NodeView {
  return {
    node: { name: node },
    store: { state: 'seen', value: { runtime: 'containerd', platform: 'linux/amd64', images, odd: 0, downloads: [] } },
    needed: [{ name, wanted: [], isAlwaysPulled: false }],
  } as unknown as NodeView;
}

function use(imageID: string, more: Partial<ImageUse> = {}): ImageUse {
  return {
    namespace: 'kube-system',
    owner: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'kube-proxy' },
    container: 'kube-proxy',
    role: 'container',
    image: name,
    serviceAccount: 'default',
    pullSecrets: [],
    pods: 1,
    nodes: ['worker-1'],
    running: [{ imageID }],
    ...more,
  };
}

function evidence(...uses: readonly ImageUse[]): Evidence {
  return {
    scope: { via: 'none', targets: 'cluster', problems: [] },
    cluster: { state: 'seen', value: { pods: { state: 'seen', value: { pods: 1, uses, waiting: [] } } } },
  } as unknown as Evidence;
}

const statesOf = (views: readonly NodeView[], ...uses: readonly ImageUse[]): readonly string[] =>
  [...replacedTags(views, evidence(...uses)).values()].flat().map(({ state }) => state);

test.each([
  ['the digest that it was pulled by', `registry.k8s.io/kube-proxy@${oldIndex}`, 'other'],
  ['that of another registry', `mirror.test/kube-proxy@${oldIndex}`, 'other'],
  ['by dockershim', `docker-pullable://registry.k8s.io/kube-proxy@${oldIndex}`, 'other'],
  ['its id', oldId, 'other'],
  ['its id by dockershim', `docker://${oldId}`, 'other'],
  ['its manifest', `registry.k8s.io/kube-proxy@${manifest}`, 'other'],
  ['what the tag names', `registry.k8s.io/kube-proxy@${newIndex}`, undefined],
  ['the id of what the tag names', newId, undefined],
  ['what no node has any more', `registry.k8s.io/kube-proxy@${digestOf('f')}`, 'unknown'],
  ['what is written in no known form', 'rkt:something', 'unknown'],
])('a running container told by %s', (_what, imageID, state) => {
  expect(statesOf([viewOf(moved)], use(imageID))).toEqual(state === undefined ? [] : [state]);
});

test('one image by two digests is one: as an index and as its manifest, or packed again', () => {
  const both = image(newId, [
    [name, newIndex],
    [`mirror.test/kube-proxy@${manifest}`, manifest],
  ]);

  expect(statesOf([viewOf([both])], use(`mirror.test/kube-proxy@${manifest}`))).toEqual([]);
  // What another node has under that digest tells, too.
  const other = viewOf([image(newId, [[`a.test/x@${oldIndex}`, oldIndex]])], 'worker-2');
  expect(statesOf([viewOf([both]), other], use(`a.test/x@${oldIndex}`))).toEqual([]);
});

test('a rollout that is under way is none, nor what is asked for by its digest, is not needed, or is missing', () => {
  const [old, now] = [use(oldId), use(newId)];
  const replicaSet = (own: ImageUse, owner: string): ImageUse => ({
    ...own,
    owner: { ...own.owner, kind: 'ReplicaSet', name: owner },
  });

  expect(statesOf([viewOf(moved)], { ...old, running: [{ imageID: oldId }, { imageID: newId }] })).toEqual([]);
  expect(statesOf([viewOf(moved)], replicaSet(old, 'dns-1'), replicaSet(now, 'dns-2'))).toEqual([]);
  // Another one's pods say nothing of it.
  expect(statesOf([viewOf(moved)], old, { ...now, container: 'other' })).toEqual(['other']);
  expect(statesOf([viewOf(moved)], { ...old, running: [{ imageID: oldId, nodes: ['worker-2'] }] })).toEqual([]);
  expect(statesOf([viewOf(moved)], use(oldId, { image: `registry.k8s.io/kube-proxy@${newIndex}` }))).toEqual([]);
  expect(statesOf([viewOf(moved)], use(oldId, { image: 'a.test/unneeded:1' }))).toEqual([]);
  expect(statesOf([viewOf(moved.slice(0, 1))], old)).toEqual([]);
});
