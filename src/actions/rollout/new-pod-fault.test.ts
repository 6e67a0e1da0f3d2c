import { expect, test } from 'vitest';
import { imagesOf, newPodFault, projectPod } from './new-pod-fault.ts';
import { selectorText } from './pod-selector.ts';

const template = {
  initContainers: [{ name: 'first', image: 'first:2' }],
  containers: [{ name: 'main', image: 'main:2' }],
};
const asked = { since: '2026-11-26T12:00:00Z', images: imagesOf(template) };

function pod(
  reason: string,
  more: { readonly createdAt?: string; readonly main?: string } = {},
): ReturnType<typeof projectPod> {
  return projectPod({
    metadata: { name: 'web-1', creationTimestamp: more.createdAt ?? '2026-11-26T12:00:00Z' },
    // Admission may add containers of its own.
    spec: {
      initContainers: template.initContainers,
      containers: [
        { name: 'main', image: more.main ?? 'main:2' },
        { name: 'proxy', image: 'proxy:1' },
      ],
    },
    status: {
      initContainerStatuses: [{ name: 'first', state: { terminated: {} } }],
      containerStatuses: [{ name: 'main', state: { waiting: { reason } } }],
    },
  });
}

test.each(['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'])('%s of a new pod', (reason) => {
  expect(newPodFault([pod('ContainerCreating'), pod(reason)], asked)).toEqual({
    pod: 'web-1',
    container: 'main',
    reason,
  });
});

test.each([
  ['the first failure, which kubelet tries again', pod('ErrImagePull')],
  ['another reason', pod('CrashLoopBackOff')],
  ['a pod from before', pod('ImagePullBackOff', { createdAt: '2026-11-26T11:59:59Z' })],
  ['a pod of the old template', pod('ImagePullBackOff', { main: 'main:1' })],
])('nothing of %s', (_what, one) => {
  expect(newPodFault([one], asked)).toBeUndefined();
});

test('a selector in the words of the API', () => {
  expect(
    selectorText({
      matchLabels: { app: 'a', tier: 'web' },
      matchExpressions: [
        { key: 'x', operator: 'In', values: ['1', '2'] },
        { key: 'y', operator: 'NotIn', values: ['3'] },
        { key: 'z', operator: 'Exists' },
        { key: 'n', operator: 'DoesNotExist' },
      ],
    }),
  ).toBe('app=a,tier=web,x in (1,2),y notin (3),z,!n');
});
