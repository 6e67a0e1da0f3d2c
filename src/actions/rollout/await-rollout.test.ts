import { expect, test } from 'vitest';
import type { KubeObject } from '../../../lab/api/objects.ts';
import { serveFake } from '../../../lab/api/testing/serve-fake.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext, ObjectReference } from '../cluster-action.ts';
import { inKorean, waited } from '../testing/waited.ts';
import { awaitRollout } from './await-rollout.ts';

const object: ObjectReference = {
  kind: 'Deployment',
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  namespace: 'shop',
  name: 'web',
};

/** What a run waits for with this status, and for how many seconds. */
async function awaited(
  status: object,
  { isApplied = true, patience = 'wait' }: { isApplied?: boolean; patience?: ClusterActionContext['patience'] } = {},
): Promise<readonly [StepResult, number]> {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'shop', name: 'web', generation: 2 },
    spec: { replicas: 3 },
    status,
  } as unknown as KubeObject;
  const fake = await serveFake([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, deployment]);
  return waited({ api: fake.client('admin'), patience }, (context) => awaitRollout(object, () => isApplied, context));
}

const halfway = { observedGeneration: 2, replicas: 3, updatedReplicas: 1, availableReplicas: 2 };
const given = [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }];

test.each<readonly [string, object, object, string, number]>([
  [
    'is looked at',
    halfway,
    { patience: 'look' },
    '롤아웃이 끝나지 않았습니다. 파드 3개 중 1개가 새 파드이고 2개를 사용할 수 있습니다: shop/Deployment/web',
    0,
  ],
  [
    'stands still',
    halfway,
    {},
    '파드 3개 중 1개가 새 파드이고 2개를 사용할 수 있으며, 630초 동안 더 교체된 파드가 없습니다: shop/Deployment/web',
    630,
  ],
  [
    'is given up by its controller',
    { ...halfway, conditions: given },
    {},
    '롤아웃이 실패했습니다(ProgressDeadlineExceeded): shop/Deployment/web',
    0,
  ],
  [
    'has no controller',
    {},
    { patience: 'look' },
    '클러스터의 컨트롤러가 아직 처리하지 않아 이 변경에 따른 파드가 없습니다: shop/Deployment/web',
    0,
  ],
  [
    'is no longer as the run left it',
    halfway,
    { isApplied: false },
    '실행 run-1 이후 누군가 수정하여 실행이 남긴 상태와 다릅니다: shop/Deployment/web',
    0,
  ],
])('a rollout that %s is told in the words of the reader', async (_, status, how, words, seconds) => {
  const [result, taken] = await awaited(status, how);
  expect([inKorean(result), taken]).toEqual([words, seconds]);
});
