import { describe, expect, test } from 'vitest';
import type { RebootAction } from '../../../actions/reboot/reboot-action.ts';
import { engineRefusals } from '../../../engine/engine-refusals.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { Language } from '../../../locales/language.ts';
import { expectFits, words } from '../fixtures/narrow.ts';
import { fileAction, planOf, samplePlan, samplePreview, serviceAction } from '../../../app/testing/sample-plan.ts';
import { sampleProblem } from '../../../app/testing/sample-report.ts';
import { renderPlan, type PlanViewOptions } from './view.ts';
import { contextOf } from '../fixtures/sample-context.ts';

const options: PlanViewOptions = {
  preview: samplePreview,
  problems: [sampleProblem],
  nks: true,
  next: 'nodemend apply plan.json',
};

test('of a hosts file: what it is bound to', () => {
  const plan = planOf([fileAction('worker-1', 'absent')], { target: { kind: 'hosts' } });
  const shown = words(renderPlan(plan, { ...options, nks: false }, contextOf('en')));

  expect(shown).toMatch(
    /^Plan 3f2a91c7d0e5, hosts file, no API server: bound to each host's key, machine id and boot id, 2026-11-24 08:30 UTC /,
  );
  expect(shown).toContain('CREATE /etc/logrotate.d/docker on 1 node worker-1 Why: no rule covers the container logs ');
  expect(shown).toMatch(/1 change on 1 node\. Nothing is restarted or rebooted\. Next: nodemend apply plan\.json$/);
});

test('nodes that are rebooted alike are one block, headed by how many they are', () => {
  const reboots = ['worker-1', 'worker-2'].map((node): RebootAction => ({
    kind: 'reboot',
    id: `reboot:${node}`,
    node,
    problem: 'reboot',
    cures: [],
    why: { key: 'findings.requestedBecause', params: { reason: 'CHG-7' } },
    disrupts: 'reboot',
    bootId: `boot-${node}`,
    inForce: [],
    withinSeconds: 900,
  }));
  const preview = (): string => 'systemctl reboot';
  const shown = words(renderPlan(planOf(reboots), { ...options, preview }, contextOf('en')));

  expect(shown).toContain('REBOOT 2 nodes worker-[1-2] Why: A reboot was requested: CHG-7 Risk: the node is drained');
  expect(shown.match(/REBOOT/gu)).toHaveLength(1);
});

describe('200 nodes, 80 columns', () => {
  test('English', () => {
    expect(renderPlan(samplePlan(), options, contextOf('en'))).toMatchInlineSnapshot(`
      "Plan 3f2a91c7d0e5, cluster nks_prod_0af1
      (https://0af1b2c3-nks-kr1.container.nhncloud.com:6443), 2026-11-24 08:30 UTC

      CREATE  /etc/logrotate.d/docker on 200 nodes
        worker-[1-200]
        Why: no rule covers the container logs
        Risk: low, nothing is restarted.
        Undo: the file is removed again.
        +owner 0:0 mode 0644
        --- /dev/null	now
        +++ b/etc/logrotate.d/docker	planned
        @@ -0,0 +1,5 @@
        +/var/lib/docker/containers/*/*-json.log {
        +    rotate 10
        +    copytruncate
        +    maxsize 100M
        +}

      CHANGE  /etc/logrotate.d/docker on 3 nodes
        gpu-[01-03]
        Why: no rule covers the container logs
        Risk: low, nothing is restarted.
        Undo: the old file is put back from the copy kept on the node.
        --- a/etc/logrotate.d/docker	now
        +++ b/etc/logrotate.d/docker	planned
        @@ -1,4 +1,5 @@
         /var/lib/docker/containers/*/*-json.log {
        -    weekly
        +    rotate 10
        +    copytruncate
        +    maxsize 100M
         }

      LEFT ALONE  2 nodes, to be fixed manually
        old-[1-2]: a rule in /etc/logrotate.d/custom covers a part of them; it is for
        a person to merge

      NHN Cloud advises against editing the configuration of NKS worker nodes. These
      changes are recorded on each node and can be undone; undo them before you
      contact support about a node.

      203 changes on 203 nodes. Nothing is restarted or rebooted.

      Next: nodemend apply plan.json
      "
    `);
  });

  test('Korean', () => {
    expect(renderPlan(samplePlan(), options, contextOf('ko'))).toMatchInlineSnapshot(`
      "계획 3f2a91c7d0e5, 클러스터
      nks_prod_0af1(https://0af1b2c3-nks-kr1.container.nhncloud.com:6443),
      2026-11-24 08:30 UTC

      생성  /etc/logrotate.d/docker, 노드 200개
        worker-[1-200]
        이유: 컨테이너 로그에 적용되는 규칙이 없습니다
        위험: 낮음, 재시작 없음
        되돌리기: 파일을 다시 삭제
        +owner 0:0 mode 0644
        --- /dev/null	now
        +++ b/etc/logrotate.d/docker	planned
        @@ -0,0 +1,5 @@
        +/var/lib/docker/containers/*/*-json.log {
        +    rotate 10
        +    copytruncate
        +    maxsize 100M
        +}

      변경  /etc/logrotate.d/docker, 노드 3개
        gpu-[01-03]
        이유: 컨테이너 로그에 적용되는 규칙이 없습니다
        위험: 낮음, 재시작 없음
        되돌리기: 노드에 보관한 사본으로 이전 파일을 복원
        --- a/etc/logrotate.d/docker	now
        +++ b/etc/logrotate.d/docker	planned
        @@ -1,4 +1,5 @@
         /var/lib/docker/containers/*/*-json.log {
        -    weekly
        +    rotate 10
        +    copytruncate
        +    maxsize 100M
         }

      변경 안 함  직접 고쳐야 하는 노드 2개
        old-[1-2]: /etc/logrotate.d/custom의 규칙이 일부에만 적용됩니다. 직접 합쳐야
        합니다

      NHN Cloud는 NKS 워커 노드의 설정을 임의로 변경하지 않도록 안내합니다. 이 변경은
      노드마다 기록되며 되돌릴 수 있습니다. 노드에 대해 기술 지원을 요청하기 전에
      되돌리세요.

      노드 203개, 변경 203개. 재시작하거나 재부팅하지 않습니다.

      다음: nodemend apply plan.json
      "
    `);
  });
});

test.each(['en', 'ko'] as const)('40 columns say what a wide terminal says (%s)', (language) => {
  expectFits((width) => renderPlan(samplePlan(), options, contextOf(language, width)), 40);
});

test('nothing to change, and nothing safe to change', () => {
  const last = (plan: Parameters<typeof renderPlan>[0]): string | undefined =>
    renderPlan(plan, options, contextOf('en')).trimEnd().split('\n').at(-1);

  expect(last(planOf([]))).toBe('Nothing to change.');
  expect(last({ ...samplePlan(), actions: [] })).toBe('No change can be made safely.');
});

test('a change that was left out names all that it was, and a plan of 0.1 what it names', () => {
  const refusal = (node: string, params: Readonly<Record<string, string>>): Plan['refused'][number] => {
    const path = '/etc/docker/daemon.json';
    return {
      problem: 'sample-logs',
      fingerprint: node,
      node,
      key: engineRefusals.conflict,
      params: { path, ...params },
    };
  };
  const shown = (params: Readonly<Record<string, string>>, language: Language = 'en'): string =>
    renderPlan(
      planOf([], { refused: [refusal('worker-1', params), refusal('worker-2', params)] }),
      options,
      contextOf(language, 200),
    );

  expect(shown({ others: 'docker.service' })).toContain(
    'worker-[1-2]: another change in this plan already affects /etc/docker/daemon.json; left out with it:\n  docker.service',
  );
  expect(shown({ others: 'docker.service' }, 'ko')).toMatch(/함께 제외한\s+변경:\s+docker\.service/u);
  expect(shown({})).toMatch(/already affects \/etc\/docker\/daemon\.json$/mu);
});

test('a digest stands with what it is of: a command that accepts it can be typed', () => {
  const refusal = (node: string, path: string): Plan['refused'][number] => {
    const params = { path, digest: `sha256:${path}` };
    return { problem: 'sample-logs', fingerprint: `${node} ${path}`, node, key: engineRefusals.conflict, params };
  };
  const refused = ['worker-1', 'worker-2'].flatMap((node) => [refusal(node, '/a'), refusal(node, '/b')]);
  const shown = renderPlan(planOf([], { refused }), options, contextOf('en', 200));

  // And several reasons name their nodes once.
  expect(shown.match(/^ +(?:worker|- ).*$/gmu)).toEqual([
    '  worker-[1-2]:',
    '  - another change in this plan already affects /a',
    '  - another change in this plan already affects /b',
  ]);
});

test('what the plan cannot speak of stands before the command to type', () => {
  const shown = renderPlan(
    planOf([fileAction('worker-1', 'absent')]),
    { ...options, leftAlone: ['2 nodes could not be seen'] },
    contextOf('en'),
  );

  expect(shown.trimEnd().split('\n').slice(-3)).toEqual([
    '2 nodes could not be seen',
    '',
    'Next: nodemend apply plan.json',
  ]);
});

test('a change that disturbs is told with the flag that allows it', () => {
  const view = renderPlan(planOf([fileAction('worker-1', 'absent', { disrupts: 'reboot' })]), options, contextOf('en'));

  expect(view).toContain('Risk: the node is drained and rebooted.');
  expect(view).toContain('1 change on 1 node. Requires --allow reboot.');
});

test('a restart stands behind its file, with what it asks for and how it is undone', () => {
  const plan = planOf([fileAction('worker-1', 'absent'), serviceAction('worker-1')]);
  const shown = (language: 'en' | 'ko'): string =>
    renderPlan(plan, { ...options, nks: false }, contextOf(language))
      .split('\n')
      .slice(-10)
      .join('\n');

  expect(words(shown('en'))).toContain(
    'Risk: a service on the node is restarted. ' +
      'Undo: the service is restarted again after the files are put back. ' +
      'systemctl restart kubelet.service 2 changes on 1 node. Requires --allow restart.',
  );
  expect(words(shown('ko'))).toContain(
    '되돌리기: 파일을 복원한 뒤 서비스를 한 번 더 재시작 ' +
      'systemctl restart kubelet.service 노드 1개, 변경 2개. --allow restart 옵션이 필요합니다.',
  );
});

test('a diff is never wrapped, and in colour line by line', () => {
  const long = `+${'x'.repeat(120)}`;
  const diff = ['--- a', '+++ b', '@@ -1 +1 @@', '-old\u001b[2J', long].join('\n');

  const view = renderPlan(
    planOf([fileAction('worker-1', 'absent')]),
    { ...options, preview: () => diff },
    contextOf('en', 40, true),
  );

  expect(view.split('\n')).toContain(`  \u001b[32m${long}\u001b[39m`);
  expect(view).toContain('  \u001b[36m@@ -1 +1 @@\u001b[39m');
  expect(view).toContain('  \u001b[31m-old\\e[2J\u001b[39m');
});
