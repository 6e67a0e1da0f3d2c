import { expect, test } from 'vitest';
import { fakeCluster } from '../../kubernetes/testing/fake-cluster.ts';
import { podRoom } from './pod-room.ts';

const job = { name: 'nodemend-1', run: 'r', node: 'n-1' };
const list = (items: readonly unknown[]) => ({ status: 200, json: { metadata: { resourceVersion: '1' }, items } });
const nodeOf = (pods: string | undefined) => list([{ metadata: { name: 'n-1' }, status: { allocatable: { pods } } }]);
const podsOf = (count: number) =>
  list(Array.from({ length: count }, (_, index) => ({ metadata: { name: `p-${index}` } })));
const forbidden = { status: 403, json: { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' } };

async function roomOf(nodes: object, pods: object): Promise<unknown> {
  const asked: string[] = [];
  const api = await fakeCluster({
    nodes: [],
    answers: { '/api/v1/nodes': nodes as typeof forbidden, '/api/v1/pods': pods as typeof forbidden },
    onRequest: (url) => asked.push(decodeURIComponent(url)),
  });
  const room = await podRoom(api, job, new AbortController().signal);
  // Pods that have ended take no room, and the others of the cluster are nobody's business.
  expect(asked).toContainEqual(
    expect.stringContaining('fieldSelector=spec.nodeName=n-1,status.phase!=Succeeded,status.phase!=Failed'),
  );
  return room;
}

test.each([
  ['room for one more', nodeOf('110'), podsOf(109), 'some'],
  ['as many as it takes', nodeOf('110'), podsOf(110), 'none'],
  ['more than it takes', nodeOf('1'), podsOf(3), 'none'],
  ['a node that takes none', nodeOf('0'), podsOf(0), 'none'],
  ['pods that may not be listed', nodeOf('110'), forbidden, undefined],
  ['nodes that may not be listed', forbidden, podsOf(1), undefined],
  ['a node that says nothing of it', nodeOf(undefined), podsOf(1), undefined],
  ['a number of another kind', nodeOf('1k'), podsOf(1), undefined],
  ['no such node', list([]), podsOf(0), undefined],
] as const)('%s', async (_what, nodes, pods, room) => {
  expect(await roomOf(nodes, pods)).toBe(room);
});
