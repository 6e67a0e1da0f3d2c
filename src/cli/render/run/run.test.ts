import { describe, expect, test } from 'vitest';
import { expandNodes } from '../../../engine/targets/node-set.ts';
import type { NodeOutcome, RunEvent, RunResult } from '../../../engine/run.ts';
import { words } from '../fixtures/narrow.ts';
import { createRunView } from './events.ts';
import { renderRunResult } from './result.ts';
import { contextOf } from '../fixtures/sample-context.ts';

const run = '20261124-0931-container-logs-7f3a';
const stale: NodeOutcome = {
  node: 'worker-7',
  ending: 'refused',
  left: 'as-before',
  step: 'stage',
  code: 'FILE_CHANGED_SINCE_PLAN',
  params: { node: 'worker-7', path: '/etc/logrotate.d/docker', problem: 'container-logs' },
  detail: 'English words of the code',
  diff: '--- a/etc/logrotate.d/docker\tplanned\n+++ b/etc/logrotate.d/docker\tnow\n@@ -1 +1 @@\n-weekly\n+daily',
};
const rejected = (node: string): NodeOutcome => ({
  node,
  ending: 'failed',
  left: 'as-before',
  step: 'verify',
  detail: 'logrotate does not consider a.log',
});

const stopped: RunResult = {
  run,
  kind: 'apply',
  verdict: 'stopped-and-restored',
  exitCode: 7,
  interrupted: false,
  locked: ['worker-3'],
  stopped: { why: 'failures', failures: 3, max: 0 },
  nodes: [
    { node: 'worker-1', ending: 'done', left: 'changed' },
    rejected('worker-2'),
    rejected('worker-3'),
    stale,
    ...expandNodes('worker-[8-300]').map((node): NodeOutcome => ({ node, ending: 'not-started', left: 'as-before' })),
  ],
};

const done: RunResult = {
  ...stopped,
  verdict: 'done',
  exitCode: 0,
  locked: [],
  nodes: expandNodes('worker-[1-200]').map((node): NodeOutcome => ({ node, ending: 'done', left: 'changed' })),
};

describe('the result', () => {
  test('200 nodes done', () => {
    const { stopped: _none, ...clean } = done;

    expect(words(renderRunResult(clean, { next: `nodemend verify ${run}` }, contextOf('en')))).toBe(
      `DONE run ${run}, 200 of 200 nodes 200 nodes, done, changed worker-[1-200] Next: nodemend verify ${run}`,
    );
    expect(words(renderRunResult(clean, { next: `nodemend verify ${run}` }, contextOf('ko')))).toContain(
      '노드 200개 중 200개 노드 200개, 완료, 변경됨 worker-[1-200]',
    );
  });

  test('stopped: what failed first, nodes folded, the diff that was in the way', () => {
    expect(renderRunResult(stopped, { next: `nodemend undo ${run}` }, contextOf('en'))).toMatchInlineSnapshot(`
      "STOPPED  run 20261124-0931-container-logs-7f3a, 1 of 297 nodes
        It stopped after 3 failures; at most 0 are tolerated.

        2 nodes, failed (verifying), as it was before
          worker-[2-3]
          logrotate does not consider a.log
        1 node, refused (staging), as it was before
          worker-7
          worker-7: /etc/logrotate.d/docker is no longer what the plan was made from.
          [FILE_CHANGED_SINCE_PLAN]
          Create a new plan: nodemend plan container-logs.
          --- a/etc/logrotate.d/docker	planned
          +++ b/etc/logrotate.d/docker	now
          @@ -1 +1 @@
          -weekly
          +daily
        293 nodes, not started, as it was before
          worker-[8-300]
        1 node, done, changed
          worker-1

      Still locked by this run: worker-3. Use undo or resume to unlock them.

      Next: nodemend undo 20261124-0931-container-logs-7f3a
      "
    `);
    const korean = words(renderRunResult(stopped, { next: `nodemend undo ${run}` }, contextOf('ko')));
    expect(korean).toContain(
      '실패가 3건 발생해 중지했습니다(허용: 0건). 노드 2개, 실패 (검증), 이전 상태 그대로 worker-[2-3]',
    );
    expect(korean).toContain('노드 1개, 거부 (준비), 이전 상태 그대로 worker-7');
    expect(korean).toContain('아직 이 실행이 잠그고 있는 노드: worker-3.');
  });

  test('ended by an error', () => {
    const lost: RunResult = {
      ...stopped,
      nodes: [],
      verdict: 'partly',
      exitCode: 6,
      stopped: { why: 'error', code: 'PLAN_STALE', params: { what: 'x' } },
    };

    expect(renderRunResult(lost, {}, contextOf('en'))).toContain('[PLAN_STALE]');
  });
});

const events: readonly RunEvent[] = [
  { event: 'started', run, kind: 'apply', nodes: expandNodes('worker-[1-200]'), objects: 0 },
  { event: 'lease-taken', lease: 'nodemend/run', from: 'kim@laptop' },
  { event: 'batches', batches: [['worker-1'], expandNodes('worker-[2-200]')] },
  { event: 'batch', index: 0, of: 2, nodes: ['worker-1'] },
  { event: 'step', node: 'worker-1', step: 'stage' },
  { event: 'step-ended', node: 'worker-1', step: 'stage', outcome: 'done', detail: 'staged 120 bytes' },
  { event: 'step-ended', node: 'worker-1', step: 'verify', outcome: 'already', detail: 'nothing to do' },
  { event: 'node-ended', outcome: { node: 'worker-1', ending: 'done', left: 'changed' } },
  { event: 'soak', seconds: 3 },
  { event: 'api-away', seconds: 120, code: 'API_REFUSED', params: { server: 'https://10.0.0.1:6443' } },
  { event: 'batch', index: 1, of: 2, nodes: expandNodes('worker-[2-200]') },
  { event: 'step-ended', node: 'worker-2', step: 'stage', outcome: 'done', detail: 'staged 120 bytes' },
  { event: 'node-ended', outcome: rejected('worker-2') },
  { event: 'node-ended', outcome: stale },
  { event: 'stopping', reason: { why: 'failures', failures: 2, max: 0 } },
  { event: 'ended', result: stopped },
  {
    event: 'lease-kept',
    lease: 'nodemend/run',
    seconds: 1800,
    code: 'API_UNAUTHORIZED',
    params: { server: 'https://10.0.0.1:6443', user: 'kim' },
  },
];

describe('while it happens', () => {
  const tell = (language: 'en' | 'ko', verbose: boolean): string => {
    const view = createRunView(contextOf(language), { verbose });
    return events.map((event) => view.tell(event)).join('');
  };

  test('English', () => {
    expect(tell('en', false)).toMatchInlineSnapshot(`
      "Run 20261124-0931-container-logs-7f3a on 200 nodes.
      Took over the expired lease of kim@laptop.
      Batch 1 of 2: worker-1 (1 node)
        ok worker-1, staging: staged 120 bytes
        ok worker-1, verifying: nothing to do
      Monitoring for 3 s before the next batch.
      problem: The connection to https://10.0.0.1:6443 was refused. [API_REFUSED]
        Waiting up to 120 s for the API server.
      Batch 2 of 2: worker-[2-200] (199 nodes)
      problem: worker-2: failed (verifying), as it was before
        logrotate does not consider a.log
      problem: worker-7: refused (staging), as it was before
        worker-7: /etc/logrotate.d/docker is no longer what the plan was made from.
        [FILE_CHANGED_SINCE_PLAN]
        Create a new plan: nodemend plan container-logs.
      stopping: It stopped after 2 failures; at most 0 are tolerated.
      problem: https://10.0.0.1:6443 rejected the credentials of user kim (401).
               [API_UNAUTHORIZED]
        The lease nodemend/run could not be released. Another run can take it in 30
        minutes; an undo of this run can take it immediately.
      "
    `);
  });

  test('Korean', () => {
    const text = words(tell('ko', false));

    expect(text).toContain(
      `실행 ${run}: 노드 200개에 적용합니다. 만료된 Lease를 이어받았습니다(이전 소유자: kim@laptop).`,
    );
    expect(text).toContain('배치 1/2: worker-1 (노드 1개) 완료 worker-1, 준비 완료 worker-1, 검증');
    expect(text).toContain('이상: worker-2: 실패 (검증), 이전 상태 그대로');
    expect(text).toContain('중지: 실패가 2건 발생해 중지했습니다(허용: 0건).');
    expect(text).toContain('[API_UNAUTHORIZED] Lease를 반납하지 못했습니다: nodemend/run.');
  });

  test('what keeps nodes from being begun, and nodes that left the cluster', () => {
    const view = createRunView(contextOf('en'), { verbose: false });
    const what = 'alerts: Etcd\u001b[2JDown';
    const params = { 'what.0': 'gate.alerts', 'what.0.alerts': 'Etcd\u001b[2JDown' };
    const event = { event: 'waiting', nodes: ['b-1', 'b-2'], what, params, seconds: 600 } as const;
    const waiting = view.tell(event);
    const korean = createRunView(contextOf('ko'), { verbose: false }).tell(event);
    expect(korean).toMatch(/^b-\[1-2\] 시작을 최대 600초 기다립니다: 경보: Etcd/u);
    expect(waiting.replaceAll(/\s+/gu, ' ')).toMatch(/^Waiting up to 600 s to start b-\[1-2\]: alerts: Etcd/u);
    expect(waiting).not.toContain('\u001b[2J');
    expect(view.tell({ event: 'node-departed', node: 'a', replaced: false })).toContain(
      'a is no longer in the cluster',
    );
    expect(view.tell({ event: 'node-departed', node: 'a', replaced: true })).toContain('another machine');
    const closed = { opensAt: '2026-12-01T12:00:00.000Z', minutes: 42 };
    const reason = { why: 'gate', code: 'WINDOW_CLOSED', params: closed } as const;
    const stopping = view.tell({ event: 'stopping', reason }).replaceAll(/\s+/gu, ' ');
    expect(stopping).toContain('one can take up to 42 minutes');
    expect(stopping).toContain('nodemend resume');
  });

  test('every step when asked for', () => {
    expect(tell('en', true)).toContain('worker-2, staging: staged 120 bytes');
    expect(tell('en', false)).not.toContain('worker-2, staging');
  });
});
