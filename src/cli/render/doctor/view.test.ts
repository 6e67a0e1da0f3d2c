import { describe, expect, test } from 'vitest';
import type { DoctorRow } from '../../../engine/doctor/row.ts';
import { expectFits } from '../fixtures/narrow.ts';
import { renderDoctor } from './view.ts';
import { contextOf } from '../fixtures/sample-context.ts';

const server: DoctorRow = {
  check: 'api-server',
  state: 'ok',
  text: {
    key: 'doctor.api.ok',
    params: {
      server: 'https://0af1b2c3-nks-kr1.container.nhncloud.com:6443',
      version: 'v1.23.3',
      context: 'nks_prod_0af1',
      user: 'admin',
    },
  },
};

const rows: readonly DoctorRow[] = [
  server,
  {
    check: 'certificate',
    state: 'warn',
    text: { key: 'doctor.certificate.soon', params: { date: '2026-12-06', days: 12, count: 12 } },
    next: { key: 'doctor.certificate.next', params: {} },
  },
  {
    check: 'rbac',
    subject: 'nodemend-read',
    state: 'fail',
    text: { key: 'doctor.rbac.missing', params: { role: 'nodemend-read', list: 'list nodes' } },
    next: { key: 'doctor.rbac.next', params: { user: 'admin' } },
    attachment: 'kind: ClusterRole\n---\nkind: ClusterRoleBinding\n',
  },
  {
    check: 'access',
    subject: 'default-worker',
    state: 'fail',
    text: {
      key: 'doctor.access.failed',
      params: { group: 'default-worker', count: 40, detail: 'worker-1: no answer' },
    },
    next: { key: 'doctor.access.failedNext', params: {} },
    error: { code: 'SSH_TIMED_OUT', params: { node: 'worker-1', address: '10.0.0.1', port: 22, seconds: 10 } },
  },
  {
    check: 'access',
    subject: 'gpu',
    state: 'not-looked-at',
    text: { key: 'doctor.access.notLookedAt', params: {} },
    next: { key: 'doctor.access.enable', params: { flag: '--via ssh' } },
  },
];

describe('80 columns', () => {
  test('English', () => {
    expect(renderDoctor(rows, 'nodemend doctor --via ssh', contextOf('en'))).toMatchInlineSnapshot(`
      "ok       https://0af1b2c3-nks-kr1.container.nhncloud.com:6443 responds
               (v1.23.3); context nks_prod_0af1, user admin
      WARN     the client certificate expires on 2026-12-06, in 12 days
               → Download the kubeconfig again from the console; on NKS, a certificate
                 rotation also invalidates old kubeconfigs.
      FAIL     nodemend-read is missing: list nodes
               → Ask an administrator to apply this for admin (kubectl apply -f -):
      FAIL     default-worker: worker-1: no response from 10.0.0.1 port 22 within
               10 s. [SSH_TIMED_OUT]
               → Open TCP 22 in the node's security group, or specify a bastion with
                 --bastion.
      SKIPPED  nodes were not tried
               → Add --via ssh to try one node of each group.

      kind: ClusterRole
      ---
      kind: ClusterRoleBinding

      Not ready: 2 checks fail.

      Next: nodemend doctor --via ssh
      "
    `);
  });

  test('Korean', () => {
    expect(renderDoctor(rows, 'nodemend doctor --via ssh', contextOf('ko'))).toMatchInlineSnapshot(`
      "정상    https://0af1b2c3-nks-kr1.container.nhncloud.com:6443 응답 정상(v1.23.3),
              컨텍스트 nks_prod_0af1, 사용자 admin
      경고    클라이언트 인증서가 12일 뒤(2026-12-06) 만료됩니다.
              → 콘솔에서 kubeconfig를 다시 내려받으세요. NKS에서는 인증서를 갱신해도
                이전 kubeconfig를 쓸 수 없게 됩니다.
      실패    nodemend-read에 부족한 권한: list nodes
              → 클러스터 관리자에게 사용자 admin에 대해 다음을 적용해 달라고
                요청하세요(kubectl apply -f -).
      실패    default-worker: worker-1: 10.0.0.1 22번 포트에서 10초 안에 응답이
              없습니다. [SSH_TIMED_OUT]
              → 노드의 보안 그룹에서 TCP 22번 포트를 열거나 --bastion으로 배스천을
                지정하세요.
      미확인  노드 접속은 확인하지 않았습니다.
              → 노드 그룹마다 한 노드씩 확인하려면 --via ssh 옵션을 추가하세요.

      kind: ClusterRole
      ---
      kind: ClusterRoleBinding

      준비되지 않았습니다. 실패한 항목이 2개 있습니다.

      다음: nodemend doctor --via ssh
      "
    `);
  });
});

test.each(['en', 'ko'] as const)('40 columns say what a wide terminal says (%s)', (language) => {
  expectFits((width) => renderDoctor(rows, undefined, contextOf(language, width)), 40);
});

test('the summary is as good as the worst row', () => {
  const unknown: DoctorRow = { check: 'rbac', state: 'unknown', text: { key: 'doctor.rbac.unknown', params: {} } };
  const last = (all: readonly DoctorRow[]): string | undefined =>
    renderDoctor(all, undefined, contextOf('en')).trimEnd().split('\n').at(-1);

  expect(last([server])).toBe('Ready: nothing is missing.');
  expect(last(rows)).toBe('Not ready: 2 checks fail.');
  expect(last(rows.slice(0, 2))).toBe('Ready, with 1 warning.');
  expect(last([server, unknown])).toBe('1 check could not be run, so it is unknown whether nodemend can work here.');
  expect(last([server, ...rows.slice(4)])).toBe('Nothing is missing in what was checked.');
});

test('nodes of no group are called so, in both languages', () => {
  const reached: DoctorRow = {
    check: 'access',
    subject: '-',
    state: 'ok',
    text: { key: 'doctor.access.ok', params: { group: '-', count: 2, node: 'db-1', user: 'ops', took: 12 } },
  };
  const failed: DoctorRow = {
    ...reached,
    state: 'fail',
    error: { code: 'SSH_TIMED_OUT', params: { node: 'db-1', address: '10.0.0.1', port: 22, seconds: 10 } },
  };

  expect(renderDoctor([reached], undefined, contextOf('en'))).toMatch(/^ok  no node group \(2 nodes\): db-1 as ops/);
  expect(renderDoctor([failed], undefined, contextOf('en'))).toMatch(/^FAIL  no node group: db-1: /);
  expect(renderDoctor([reached], undefined, contextOf('ko'))).toContain('노드 그룹 없음');
});

test('why the images of a pod are not known is said in the language of the reader', () => {
  const detail = 'the node has no client of its runtime';
  const params = { group: 'workers', node: 'worker-1', reason: 'tool-missing', detail };
  const row: DoctorRow = {
    check: 'pod-images',
    subject: 'workers',
    state: 'unknown',
    text: { key: 'doctor.podImages.unknown', params },
  };
  const words = renderDoctor([row], undefined, contextOf('ko', 200));

  expect(words).not.toContain(detail);
  expect(words).toMatch(/알 수 없습니다: .*[가-힣]/u);
});
