import { expect, test } from 'vitest';
import type { KubeObject } from '../../../lab/api/objects.ts';
import { serveFake } from '../../../lab/api/testing/serve-fake.ts';
import { holdNamespace, holdReference, imageHold, nameOfHold } from '../../images/pins/image-hold.ts';
import { someHold } from '../../images/pins/testing/some-hold.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext } from '../cluster-action.ts';
import { objectWords } from '../object-words.ts';
import { planned } from '../testing/object-fixture.ts';
import { inKorean, waited } from '../testing/waited.ts';
import { awaitPods } from './await-pods.ts';
import type { ManifestAction } from './manifest-action.ts';
import { signedBy } from './manifest-state.ts';

const object = { ...holdReference, namespace: holdNamespace, name: nameOfHold(someHold()) };
const words = objectWords(object);
const hold = imageHold(someHold());
const spec: ManifestAction = {
  kind: 'manifest',
  id: `manifest:${words}`,
  ...planned,
  object,
  from: 'absent',
  to: hold,
};
const labels = (hold['metadata'] as { readonly labels: Readonly<Record<string, string>> }).labels;

interface Found {
  readonly status?: object;
  readonly pods?: readonly object[];
}

/** What a run waits for with this in the cluster, and for how many seconds. */
async function awaited(
  { status, pods = [] }: Found,
  patience: ClusterActionContext['patience'] = 'wait',
): Promise<readonly [StepResult, number]> {
  const { metadata, ...rest } = signedBy('run-1', hold);
  const generation = { metadata: { ...(metadata as JsonObject), generation: 1 } };
  const daemonSet = { ...rest, ...generation, ...(status ? { status } : {}) } as unknown as KubeObject;
  const made = pods.map((pod, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: holdNamespace, name: `hold-${index}`, labels },
    spec: { containers: [{ name: 'one', image: 'registry.k8s.io/pause:3.6' }] },
    status: pod,
  }));
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: holdNamespace } };
  const fake = await serveFake([namespace, daemonSet, ...made]);
  return waited({ api: fake.client('admin'), patience }, (context) => awaitPods(spec, context));
}

test('without a controller it is told after half a minute, and not after three', async () => {
  const [result, seconds] = await awaited({});
  expect([result, seconds]).toEqual([
    expect.objectContaining({
      outcome: 'rejected',
      code: 'OBJECT_NOT_TAKEN_UP',
      params: { object: words, seconds: 30 },
    }),
    30,
  ]);
  expect(inKorean(result)).toBe(
    `클러스터의 컨트롤러가 30초 동안 처리하지 않아 이 변경에 따른 파드가 없습니다: ${words}`,
  );
});

test('one that makes pods, or has said something, is waited for as long as pods start', async () => {
  const observed = { observedGeneration: 1, desiredNumberScheduled: 2, numberReady: 1 };
  for (const found of [{ pods: [{}] }, { status: observed }]) {
    const [result, seconds] = await awaited(found);
    expect([result, seconds]).toEqual([expect.objectContaining({ code: 'PODS_NOT_STARTED' }), 180]);
    expect(inKorean(result)).toContain('180초 동안 더 시작된 파드가 없습니다');
  }
});

test('pods from before a change do not show that there is a controller', async () => {
  const [result, seconds] = await awaited({ status: { observedGeneration: -1 }, pods: [{}] });
  expect([result, seconds]).toEqual([expect.objectContaining({ code: 'OBJECT_NOT_TAKEN_UP' }), 30]);
});

test('what a pod waits for is told at once', async () => {
  const waiting = { containerStatuses: [{ name: 'one', state: { waiting: { reason: 'CreateContainerError' } } }] };
  const [result, seconds] = await awaited({ pods: [waiting] });
  expect([inKorean(result), seconds]).toEqual([
    `hold-0 파드를 시작할 수 없습니다. one 컨테이너의 대기 사유: CreateContainerError(${words})`,
    0,
  ]);
});

test('who only looks is told how it is now', async () => {
  const [unseen] = await awaited({}, 'look');
  expect(inKorean(unseen)).toContain('아직 처리하지 않아');
  const [started] = await awaited(
    { status: { observedGeneration: 1, desiredNumberScheduled: 2, numberReady: 1 } },
    'look',
  );
  expect(inKorean(started)).toBe(`파드 2개 중 1개가 실행 중입니다: ${words}`);
});
