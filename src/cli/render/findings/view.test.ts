import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../problems/problem.ts';
import {
  idle,
  missing,
  notLookedAt,
  oneNode,
  pass,
  skipped,
  textsOf,
  threeHundredNodes,
  uniform,
  unobserved,
} from '../../../app/testing/sample-report.ts';
import { severities } from '../../options/shared.ts';
import { expectFits, words } from '../fixtures/narrow.ts';
import { createOutput } from '../output.ts';
import { contextFor } from '../render-context.ts';
import type { FindingsReport } from '../../../app/documents/findings/report.ts';
import { renderFindings } from './view.ts';
import { contextOf } from '../fixtures/sample-context.ts';

const options = { repeat: ['--via', 'ssh'], repeatAccess: ['--via', 'ssh'], bundle: false, problems: [] };

test('one node: whose logs are the largest, and how many more there are', () => {
  const shown = words(renderFindings(oneNode(), options, contextOf('en')));

  expect(shown).toContain('FAIL sample-logs missing, high, 1 node');
  expect(shown).toContain(
    'container logs: 41 GiB; largest: shop/cart 21 GiB, shop/api 10 GiB, kube-system/node-exporter 5.2 GiB, … (+1)',
  );
  expect(shown).toMatch(/The node has problems\. Next: nodemend plan sample-logs --via ssh$/);
  expect(words(renderFindings(oneNode(), options, contextOf('ko')))).toMatch(
    /이상 sample-logs missing, 심각도 높음, 노드 1개 /,
  );
});

describe('300 nodes, 80 columns', () => {
  test('English', () => {
    expect(renderFindings(threeHundredNodes(), options, contextOf('en'))).toMatchInlineSnapshot(`
      "Cluster nks_prod_0af1 (https://0af1b2c3-nks-kr1.container.nhncloud.com:6443),
      300 nodes, via ssh, 2026-11-24 08:30 UTC

      FAIL  sample-logs missing, high, 194 nodes
        No logrotate rule covers the container logs of Docker, so that they grow until
        the disk is full.
        worker-[1-5,7-11,13-39,41-76,78-102,104-199]
        container logs: 215 MiB to 42 GiB, highest on worker-199

      FAIL  sample-logs skipped, medium, 3 nodes
        logrotate skips /etc/logrotate.d/docker because its owner is app, so that
        6 MiB–200 MiB of logs are never rotated.
        worker-[6,103,200]

      WARN  sample-logs idle, low, 20 nodes
        A logrotate rule on /var/log/containers/*.log does nothing here: the runtime
        is containerd, and kubelet rotates.
        gpu-[01-20]

      UNKNOWN  3 of 300 nodes could not be checked
        worker-[12,40]: no response from 10.0.0.12, 10.0.0.40 port 22 within 10 s.
        [SSH_TIMED_OUT]
          Open TCP 22 in the node's security group, or specify a bastion with
          --bastion.
        root needed: worker-77
          Whether a logrotate rule covers the container logs is not known.
          Allow the login user sudo without a password, or log in as root; nodemend
          doctor checks it.

      300 nodes: 197 failing, 20 with warnings, 3 unknown, 80 passing.

      Next: nodemend plan sample-logs --via ssh
      "
    `);
  });

  test('Korean', () => {
    expect(renderFindings(threeHundredNodes(), options, contextOf('ko'))).toMatchInlineSnapshot(`
      "클러스터 nks_prod_0af1(https://0af1b2c3-nks-kr1.container.nhncloud.com:6443),
      노드 300개, ssh로 접속, 2026-11-24 08:30 UTC

      이상  sample-logs missing, 심각도 높음, 노드 194개
        Docker 컨테이너 로그에 적용되는 logrotate 규칙이 없어 디스크가 가득 찰 때까지
        로그가 커집니다.
        worker-[1-5,7-11,13-39,41-76,78-102,104-199]
        컨테이너 로그: 215 MiB ~ 42 GiB(최대: worker-199)

      이상  sample-logs skipped, 심각도 보통, 노드 3개
        파일 소유자가 app 계정이라 logrotate가 건너뜁니다(/etc/logrotate.d/docker).
        로그 6 MiB–200 MiB 분량이 로테이션되지 않습니다.
        worker-[6,103,200]

      경고  sample-logs idle, 심각도 낮음, 노드 20개
        /var/log/containers/*.log에 대한 logrotate 규칙은 효과가 없습니다. 런타임이
        containerd이므로 kubelet이 로테이션합니다.
        gpu-[01-20]

      확인 불가  노드 300개 중 3개를 확인하지 못했습니다
        worker-[12,40]: 10.0.0.12, 10.0.0.40 22번 포트에서 10초 안에 응답이 없습니다.
        [SSH_TIMED_OUT]
          노드의 보안 그룹에서 TCP 22번 포트를 열거나 --bastion으로 배스천을
          지정하세요.
        root 권한 필요: worker-77
          컨테이너 로그에 logrotate 규칙이 적용되는지 알 수 없습니다.
          로그인 사용자에게 비밀번호 없는 sudo를 허용하거나 root로 접속하세요.
          nodemend doctor로 확인할 수 있습니다.

      노드 300개: 이상 197개, 경고 20개, 확인 불가 3개, 통과 80개.

      다음: nodemend plan sample-logs --via ssh
      "
    `);
  });
});

test.each(['en', 'ko'] as const)('300 nodes in 40 columns say what they say in a wide terminal (%s)', (language) => {
  expectFits((width) => renderFindings(threeHundredNodes(), options, contextOf(language, width)), 40);
});

test('colour adds nothing but escape sequences', () => {
  const plain = renderFindings(threeHundredNodes(), options, contextOf('en'));

  const coloured = renderFindings(threeHundredNodes(), options, contextOf('en', 80, true));

  expect(coloured.split('\n')[3]).toMatchInlineSnapshot(
    `"[1m[31mFAIL[39m[22m  [1msample-logs missing, high, 194 nodes[22m"`,
  );
  // oxlint-disable-next-line no-control-regex -- the escape sequences are what is removed
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
});

test('NO_COLOR on a terminal is as plain as a file', () => {
  const stream = { isTTY: true, columns: 80, write: () => true, on: () => undefined };
  const { data } = createOutput(stream, stream, { NO_COLOR: '1', TERM: 'xterm' });

  expect(renderFindings(threeHundredNodes(), options, contextFor(data, textsOf('en')))).toBe(
    renderFindings(threeHundredNodes(), options, contextOf('en')),
  );
});

describe('the end of the view', () => {
  const end = (report: FindingsReport, language: 'en' | 'ko' = 'en'): string =>
    words(
      renderFindings(report, { ...options, repeat: [], repeatAccess: [] }, contextOf(language))
        .split('\n\n')
        .slice(1)
        .join('\n\n'),
    );

  test('all is fine', () => {
    expect(end(uniform(300, pass))).toBe('All 300 nodes are fine.');
    expect(end(uniform(1, pass))).toBe('The node is fine.');
    expect(end(uniform(300, pass), 'ko')).toBe('노드 300개 모두 정상입니다.');
  });

  test('nothing was looked at, and the flag that would', () => {
    const report = uniform(300, notLookedAt, 'none');

    expect(end(report)).toContain('Not looked at: sample-logs on 300 nodes (add --via ssh).');
    expect(end(report)).toMatch(/this is not an all-clear\. Next: nodemend diagnose --via ssh$/);
    expect(end(report, 'ko')).toContain('확인하지 않은 항목: 노드 300개의 sample-logs (확인하려면 --via ssh 추가)');
    expect(end(report, 'ko')).toContain('이상이 없다고 볼 수 없습니다. 다음: nodemend diagnose --via ssh');
  });

  test('all nodes pass but one that is unknown', () => {
    const report = uniform(300, (name) => (name === 'worker-9' ? unobserved(name, 'needs-root') : pass(name)));

    expect(end(report)).toMatch(/^UNKNOWN 1 of 300 nodes could not be checked root needed: worker-9 /);
    expect(end(report)).toMatch(
      /1 of 300 nodes could not be checked completely: this is not an all-clear\. Next: nodemend doctor$/,
    );
    expect(end(report, 'ko')).toMatch(/^확인 불가 노드 300개 중 1개를 확인하지 못했습니다 root 권한 필요: worker-9 /);
    expect(end(report, 'ko')).toMatch(/이상이 없다고 볼 수 없습니다\. 다음: nodemend doctor$/);
  });

  test('warnings only, which nodemend cannot cure', () => {
    expect(end(uniform(2, idle))).toMatch(
      /^WARN sample-logs idle, low, 2 nodes .* worker-\[1-2\] 2 nodes: 2 with warnings\. Next: nodemend explain sample-logs idle$/,
    );
  });

  test('symptoms are counted under what explains them, and not listed', () => {
    const { evidence } = uniform(2, pass);
    const diagnosis = {
      findings: [missing('worker-1', 1024), pass('worker-2')],
      muted: [
        { ...skipped('worker-1', 'app', 1), causedBy: missing('worker-1', 1024).fingerprint },
        { ...idle('worker-1'), causedBy: skipped('worker-1', 'app', 1).fingerprint },
      ] as Finding[],
    };

    expect(end({ evidence, diagnosis })).toMatch(/^FAIL sample-logs missing, high, 1 node /);
    expect(end({ evidence, diagnosis })).toContain(
      'Explains 2 symptoms, which -o wide lists: sample-logs idle, sample-logs skipped 2 nodes: 1 failing, 1 passing.',
    );
  });
});

test.each(['en', 'ko'] as const)('never says fine while something is unknown or was not looked at (%s)', (language) => {
  const shapes: readonly ((name: string) => Finding)[] = [
    pass,
    notLookedAt,
    (name) => unobserved(name, 'timed-out'),
    (name) => missing(name, 1),
    idle,
  ];
  const fine = { en: /\bfine\b/, ko: /정상/ }[language];
  const summary = (report: FindingsReport): string => renderFindings(report, options, contextOf(language));

  expect(summary(uniform(3, pass))).toMatch(fine);
  for (const first of shapes) {
    for (const second of shapes.filter((shape) => shape !== pass)) {
      const report = uniform(3, (name) => (name === 'worker-1' ? first : second)(name));
      expect(summary(report)).not.toMatch(fine);
    }
  }
});

test('no degree of severity says the word again that stands before it', () => {
  const heads = severities.map((severity) => {
    const finding = { ...missing('worker-1', 1), severity };
    const { evidence } = uniform(1, pass);
    const shown = renderFindings({ evidence, diagnosis: { findings: [finding], muted: [] } }, options, contextOf('ko'));
    return /심각도 ([^,]+),/u.exec(shown)?.[1];
  });
  expect(heads).toEqual(['낮음', '보통', '높음', '매우 높음']);
});

test('what nodes say cannot reach the terminal as control characters', () => {
  const { evidence } = uniform(1, pass);
  const hostile = '\u001b]0;owned\u0007\u202egnp.exe';
  const findings = [
    skipped('worker-1', hostile, 1),
    { ...missing('worker-2', 1), subject: { kind: 'node', name: hostile } as const },
  ];

  const view = renderFindings({ evidence, diagnosis: { findings, muted: [] } }, options, contextOf('en'));

  expect(view).toContain(String.raw`\e]0;owned\x07\u202egnp.exe`);
  // oxlint-disable-next-line no-control-regex -- that none is left is what is tested
  expect(view).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});
