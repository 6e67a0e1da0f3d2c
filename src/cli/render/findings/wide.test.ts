import { expect, test } from 'vitest';
import { idle, missing, notLookedAt, pass, skipped, uniform, unobserved } from '../../../app/testing/sample-report.ts';
import { renderFindingsWide } from './wide.ts';
import { contextOf } from '../fixtures/sample-context.ts';

const { evidence } = uniform(5, pass);
const findings = [
  missing('worker-1', 1024 ** 3),
  skipped('worker-2', 'app', 3 * 1024 ** 2),
  idle('worker-3'),
  unobserved('worker-4', 'needs-root'),
  notLookedAt('worker-5'),
];
const report = { evidence, diagnosis: { findings, muted: [pass('worker-5')] } };

test('a row per finding, never cut, in English', () => {
  expect(renderFindingsWide(report, contextOf('en', 40))).toMatchInlineSnapshot(`
    "NAME      GROUP   PROBLEM      RULE     STATUS         SEVERITY  CAUSE
    worker-1  worker  sample-logs  missing  FAIL           high      No logrotate rule covers the container logs of Docker, so that they grow until the disk is full.
    worker-2  worker  sample-logs  skipped  FAIL           medium    logrotate skips /etc/logrotate.d/docker because its owner is app, so that 3 MiB of logs are never rotated.
    worker-3  worker  sample-logs  idle     WARN           low       A logrotate rule on /var/log/containers/*.log does nothing here: the runtime is containerd, and kubelet rotates.
    worker-4  worker  sample-logs  missing  UNKNOWN        -         Whether a logrotate rule covers the container logs is not known.
    worker-5  worker  sample-logs  missing  NOT LOOKED AT  -         Whether a logrotate rule covers the container logs is not known.
    worker-5  worker  sample-logs  missing  PASS           -         A logrotate rule covers the container logs.
    "
  `);
});

test('double-width letters stay in their columns', () => {
  expect(renderFindingsWide(report, contextOf('ko'))).toMatchInlineSnapshot(`
    "이름      그룹    항목         규칙     상태       심각도  원인
    worker-1  worker  sample-logs  missing  이상       높음    Docker 컨테이너 로그에 적용되는 logrotate 규칙이 없어 디스크가 가득 찰 때까지 로그가 커집니다.
    worker-2  worker  sample-logs  skipped  이상       보통    파일 소유자가 app 계정이라 logrotate가 건너뜁니다(/etc/logrotate.d/docker). 로그 3 MiB 분량이 로테이션되지 않습니다.
    worker-3  worker  sample-logs  idle     경고       낮음    /var/log/containers/*.log에 대한 logrotate 규칙은 효과가 없습니다. 런타임이 containerd이므로 kubelet이 로테이션합니다.
    worker-4  worker  sample-logs  missing  확인 불가  -       컨테이너 로그에 logrotate 규칙이 적용되는지 알 수 없습니다.
    worker-5  worker  sample-logs  missing  미확인     -       컨테이너 로그에 logrotate 규칙이 적용되는지 알 수 없습니다.
    worker-5  worker  sample-logs  missing  통과       -       컨테이너 로그에 logrotate 규칙이 적용됩니다.
    "
  `);
});
