import { expect, test } from 'vitest';
import type { ObjectOutcome, RunEvent, RunResult } from '../../../engine/run.ts';
import { words } from '../fixtures/narrow.ts';
import { createRunView } from './events.ts';
import { renderRunResult } from './result.ts';
import { contextOf } from '../fixtures/sample-context.ts';

const run = '20261126-1200-image-pull-7f3a';
const outcome = (name: string, more: Partial<ObjectOutcome>): ObjectOutcome => ({
  object: `team/Deployment/${name}`,
  action: name,
  ending: 'done',
  left: 'changed',
  ...more,
});
const refused = outcome('api', {
  ending: 'refused',
  left: 'as-before',
  step: 'prepare',
  code: 'OBJECT_CHANGED_SINCE_PLAN',
  params: { object: 'team/Deployment/api', problem: 'image-pull' },
  diff: '--- team/Deployment/api\twhen planned\n+++ team/Deployment/api\tnow\n@@ spec @@\n-a: 1\n+a: 2',
});

const stopped: RunResult = {
  run,
  kind: 'apply',
  verdict: 'stopped-and-restored',
  exitCode: 7,
  interrupted: false,
  nodes: [],
  locked: [],
  stopped: { why: 'object', object: 'team/Deployment/api' },
  objects: [
    outcome('web', { ending: 'taken-back', left: 'as-before' }),
    refused,
    outcome('db', { ending: 'not-started', left: 'as-before' }),
  ],
};

test('stopped and undone', () => {
  expect(renderRunResult(stopped, {}, contextOf('en'))).toMatchInlineSnapshot(`
    "STOPPED  run 20261126-1200-image-pull-7f3a, 0 of 3 objects
      It stopped at team/Deployment/api; its changes to the cluster are undone.

      1 object, refused (comparing with the plan), as it was before
        team/Deployment/api
        team/Deployment/api is no longer what the plan was made from.
        [OBJECT_CHANGED_SINCE_PLAN]
        Create a new plan. The object was not changed.
        --- team/Deployment/api	when planned
        +++ team/Deployment/api	now
        @@ spec @@
        -a: 1
        +a: 2
      1 object, not started, as it was before
        team/Deployment/db
      1 object, restored, as it was before
        team/Deployment/web
    "
  `);
  const korean = words(renderRunResult(stopped, {}, contextOf('ko')));
  expect(korean).toContain('다음 오브젝트에서 실패해 클러스터에 적용한 변경을 되돌렸습니다: team/Deployment/api');
  expect(korean).toContain('오브젝트 1개, 거부 (계획과 비교), 이전 상태 그대로 team/Deployment/api');
  expect(korean).toContain('오브젝트 1개, 복원, 이전 상태 그대로 team/Deployment/web');
});

test('beside nodes, and of an earlier process', () => {
  const { stopped: _none, ...rest } = stopped;
  const both: RunResult = {
    ...rest,
    verdict: 'done',
    exitCode: 0,
    nodes: [{ node: 'worker-1', ending: 'done', left: 'changed' }],
    objects: [outcome('web', {})],
  };

  expect(renderRunResult(both, {}, contextOf('en'))).toContain(
    `DONE  run ${run}, 1 of 1 node, 1 of 1 object\n\n  1 node, done, changed\n    worker-1\n\n` +
      '  1 object, done, changed\n    team/Deployment/web\n',
  );
  expect(renderRunResult({ ...stopped, stopped: { why: 'object' } }, {}, contextOf('en'))).toContain(
    'It had failed before it was interrupted; its changes to the cluster',
  );
});

const events: readonly RunEvent[] = [
  { event: 'started', run, kind: 'apply', nodes: [], objects: 3 },
  { event: 'objects', count: 3 },
  { event: 'step', object: 'team/Deployment/web', step: 'patch', action: 'web' },
  {
    event: 'step-ended',
    object: 'team/Deployment/web',
    step: 'patch',
    action: 'web',
    outcome: 'done',
    detail: 'changed 1 field',
  },
  {
    event: 'step-ended',
    object: 'team/Deployment/web',
    step: 'verify',
    action: 'web',
    outcome: 'rejected',
    detail: 'its rollout failed: ProgressDeadlineExceeded',
  },
  { event: 'object-ended', outcome: outcome('web', {}) },
  { event: 'stopping', reason: { why: 'object', object: 'team/Deployment/api' } },
  { event: 'object-ended', outcome: outcome('web', { ending: 'taken-back', left: 'as-before' }) },
];

test('while it happens, in both languages', () => {
  const tell = (language: 'en' | 'ko'): string => {
    const view = createRunView(contextOf(language), { verbose: false });
    return events.map((event) => view.tell(event)).join('');
  };

  expect(tell('en')).toMatchInlineSnapshot(`
    "Run 20261126-1200-image-pull-7f3a on 3 objects.
    Changing 3 cluster objects one by one; the first is the canary.
      ok team/Deployment/web, changing fields: changed 1 field
      rejected team/Deployment/web, verifying: its rollout failed:
               ProgressDeadlineExceeded
    stopping: It stopped at team/Deployment/api; its changes to the cluster are
              undone.
    problem: team/Deployment/web: restored, as it was before
    "
  `);
  expect(tell('ko')).toMatchInlineSnapshot(`
    "실행 20261126-1200-image-pull-7f3a: 오브젝트 3개에 적용합니다.
    이제 클러스터 오브젝트 3개를 하나씩 변경합니다.
      완료 team/Deployment/web, 필드 변경
      거부 team/Deployment/web, 검증: its rollout failed: ProgressDeadlineExceeded
    중지: 다음 오브젝트에서 실패해 클러스터에 적용한 변경을 되돌렸습니다:
          team/Deployment/api
    이상: team/Deployment/web: 복원, 이전 상태 그대로
    "
  `);
});

test('of many objects the one line each that says what was done, and what did not go well', () => {
  const steps = (['prepare', 'patch', 'verify'] as const).map((step): RunEvent => ({
    event: 'step-ended',
    object: 'team/Deployment/web',
    step,
    action: 'web',
    outcome: 'done',
    detail: `${step} done`,
  }));
  const tell = (count: number, more: readonly RunEvent[] = []): string => {
    const view = createRunView(contextOf('en'), { verbose: false });
    return [{ event: 'objects', count } as const, ...steps, ...more].map((event) => view.tell(event)).join('');
  };

  expect(tell(3).match(/\w+ done/gu)).toEqual(['patch done', 'verify done']);
  expect(tell(4).match(/\w+ done/gu)).toEqual(['patch done']);
  expect(
    tell(4, [
      {
        event: 'step-ended',
        object: 'team/Deployment/api',
        step: 'prepare',
        action: 'api',
        outcome: 'already',
        detail: 'as wanted',
      },
    ]),
  ).toContain('as wanted');
});

test('a step that says no does so in the language of the reader, where what it says has a code', () => {
  const view = createRunView(contextOf('ko'), { verbose: false });
  view.tell({ event: 'objects', count: 1 });
  const told = view.tell({
    event: 'step-ended',
    object: 'kube-system/DaemonSet/hold',
    step: 'verify',
    action: 'hold',
    outcome: 'rejected',
    detail: 'No controller in the cluster has acted on it.',
    error: { code: 'OBJECT_NOT_TAKEN_UP', params: { object: 'kube-system/DaemonSet/hold', seconds: 30 } },
  });
  expect(words(told)).toContain('클러스터의 컨트롤러가 30초 동안 처리하지 않아');
  expect(told).toContain('[OBJECT_NOT_TAKEN_UP]');
  expect(told).not.toContain('No controller');
});
