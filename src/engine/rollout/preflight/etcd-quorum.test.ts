import { expect, test } from 'vitest';
import { sentenceText } from '../../../errors/sentences.ts';
import { etcdObjection } from './etcd-quorum.ts';
import { readingOf, someNode, somePod } from './testing/some-cluster.ts';

const controlPlane = { 'node-role.kubernetes.io/control-plane': '' };

/** As kubeadm has it: a static pod a node, which the API server only shows. */
function member(
  node: string,
  { ready = true, mirror = true, namespace = 'kube-system' } = {},
): ReturnType<typeof somePod> {
  return somePod({
    name: `etcd-${node}`,
    namespace,
    node,
    controller: '',
    ready,
    labels: { component: 'etcd', tier: 'control-plane' },
    metadata: mirror ? { annotations: { 'kubernetes.io/config.mirror': 'x' } } : {},
  });
}

function objection(
  members: readonly ReturnType<typeof somePod>[],
  { nodes = ['cp-1', 'cp-2', 'cp-3'], unready = [] as readonly string[], down = ['cp-1'] } = {},
): string | undefined {
  const masters = nodes.map((name) =>
    someNode({ name, labels: controlPlane, ready: unready.includes(name) ? 'Unknown' : 'True' }),
  );
  const reading = readingOf({ nodes: [...masters, someNode({ name: 'worker' })], pods: members });
  const sentence = etcdObjection(reading, down);
  return sentence && sentenceText('en', [sentence]);
}

const three = ['cp-1', 'cp-2', 'cp-3'].map((node) => member(node));

test('of three members one may go, and nobody asks for the sake of a worker', () => {
  expect(objection(three)).toBeUndefined();
  expect(objection([], { down: ['worker'] })).toBeUndefined();
});

test.each([
  ['another member is not ready', [member('cp-1'), member('cp-2', { ready: false }), member('cp-3')], {}],
  ['the node of another is not', three, { unready: ['cp-3'] }],
  ['another does not show', [member('cp-1'), member('cp-2')], {}],
  [
    'another is a pod that only calls itself so',
    [member('cp-1'), member('cp-2'), member('cp-3', { mirror: false })],
    {},
  ],
  ['another is one of a namespace of others', [member('cp-1'), member('cp-2'), member('cp-3', { namespace: 'x' })], {}],
])('none may go when %s', (_what, members, options) =>
  expect(objection(members, options)).toBe('1 of 3 members of etcd would be ready, and it needs 2'),
);

test('a single member, two at once, and an etcd that does not show', () => {
  expect(objection([member('cp-1')], { nodes: ['cp-1'] })).toBe(
    '0 of 1 members of etcd would be ready, and it needs 1',
  );
  expect(objection(three, { down: ['cp-1', 'cp-2', 'worker'] })).toBe('cp-1, cp-2 would be down together');
  expect(objection([])).toContain('unknown');
});
