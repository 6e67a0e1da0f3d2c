import { expect, test } from 'vitest';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import type { ErrorCode } from '../../../errors/catalogue.ts';
import type { TextParams } from '../../../locales/translator.ts';
import type { Verification } from '../../../engine/verification.ts';
import { contextOf } from '../fixtures/sample-context.ts';
import { renderVerification } from './verification.ts';

const run = '20261126-1200-base-images-7f3a';

function broken(node: string, subject: string, code: ErrorCode, params: TextParams): Verification {
  return { node, subject, state: 'broken', detail: new NodemendError(code, params).message, code, params };
}

const verifications: readonly Verification[] = [
  broken('', 'shop/Deployment/web', 'ROLLOUT_INCOMPLETE', {
    object: 'shop/Deployment/web',
    context: 'now',
    updated: 1,
    wanted: 3,
    available: 2,
  }),
  ...['worker-1', 'worker-2'].map((node) =>
    broken(node, 'registry.k8s.io/pause:3.6', 'IMAGE_NOT_IN_FORCE', {
      node,
      image: 'registry.k8s.io/pause:3.6',
      context: 'unpinned',
      found: '',
    }),
  ),
  { node: 'worker-3', subject: '/etc/logrotate.d/docker', state: 'changed', detail: 'moved' },
  {
    node: 'worker-4',
    subject: '',
    state: 'unknown',
    detail: 'worker-4 belongs to run …',
    code: 'NODE_NO_TARGET',
    params: { node: 'worker-4', run },
  },
  { node: 'worker-5', subject: '/etc/logrotate.d/docker', state: 'holds', detail: 'logrotate-accepts: logrotate -d …' },
];
const result = { run, verifications, exitCode: 3 } as const;

test('nodes that say the same are one', () => {
  expect(renderVerification(result, undefined, contextOf('en'))).toMatchInlineSnapshot(`
    "BROKEN  shop/Deployment/web
      shop/Deployment/web: the rollout is not complete: 1 of 3 pods are new, 2
      available. [ROLLOUT_INCOMPLETE]
    BROKEN  registry.k8s.io/pause:3.6 on worker-[1-2]
      registry.k8s.io/pause:3.6 is not pinned. [IMAGE_NOT_IN_FORCE]
    CHANGED  /etc/logrotate.d/docker on worker-3
      It is no longer what the run wrote.
    UNKNOWN  worker-4
      worker-4 belongs to run 20261126-1200-base-images-7f3a but is not a target: it
      is no longer in the cluster, or was not selected. [NODE_NO_TARGET]
    HOLDS  /etc/logrotate.d/docker on worker-5
      logrotate-accepts: logrotate -d …
    "
  `);
});

test('no word of it is English in Korean', () => {
  expect(renderVerification(result, undefined, contextOf('ko'))).toMatchInlineSnapshot(`
    "이상  shop/Deployment/web
      롤아웃이 끝나지 않았습니다. 파드 3개 중 1개가 새 파드이고 2개를 사용할 수
      있습니다: shop/Deployment/web [ROLLOUT_INCOMPLETE]
    이상  worker-[1-2]의 registry.k8s.io/pause:3.6
      registry.k8s.io/pause:3.6 이미지가 고정되어 있지 않습니다.
      [IMAGE_NOT_IN_FORCE]
    변경됨  worker-3의 /etc/logrotate.d/docker
      실행이 쓴 내용과 다릅니다.
    확인 불가  worker-4
      실행 20261126-1200-base-images-7f3a의 노드이지만 지금은 대상이 아닙니다.
      클러스터에서 사라졌거나 선택되지 않았습니다. [NODE_NO_TARGET]
    유지  worker-5의 /etc/logrotate.d/docker
    "
  `);
});
