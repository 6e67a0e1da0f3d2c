import { expect, test } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { renderError } from './error.ts';
import { contextOf } from './fixtures/sample-context.ts';

const timedOut = new NodemendError('SSH_TIMED_OUT', { node: 'worker-12', address: '10.0.0.12', port: 22, seconds: 10 });

test('cause with its code, then the hint', () => {
  expect(renderError(timedOut, { debug: false }, contextOf('en'))).toMatchInlineSnapshot(`
    "error: worker-12: no response from 10.0.0.12 port 22 within 10 s.
           [SSH_TIMED_OUT]
    hint: Open TCP 22 in the node's security group, or specify a bastion with
          --bastion.
    "
  `);
  expect(renderError(timedOut, { debug: false }, contextOf('ko'))).toMatchInlineSnapshot(`
    "오류: worker-12: 10.0.0.12 22번 포트에서 10초 안에 응답이 없습니다.
          [SSH_TIMED_OUT]
    조치: 노드의 보안 그룹에서 TCP 22번 포트를 열거나 --bastion으로 배스천을
          지정하세요.
    "
  `);
});

test('in 40 columns the lines hang below their text', () => {
  expect(renderError(timedOut, { debug: false }, contextOf('en', 40))).toMatchInlineSnapshot(`
    "error: worker-12: no response from
           10.0.0.12 port 22 within 10 s.
           [SSH_TIMED_OUT]
    hint: Open TCP 22 in the node's security
          group, or specify a bastion with
          --bastion.
    "
  `);
  expect(renderError(timedOut, { debug: false }, contextOf('ko', 40))).toMatchInlineSnapshot(`
    "오류: worker-12: 10.0.0.12 22번 포트에서
          10초 안에 응답이 없습니다.
          [SSH_TIMED_OUT]
    조치: 노드의 보안 그룹에서 TCP 22번
          포트를 열거나 --bastion으로
          배스천을 지정하세요.
    "
  `);
});

test('a server cannot write to the terminal through an error', () => {
  const error = new NodemendError('API_UNREACHABLE', { server: 'https://x', problem: 'a\u001b[2J\nerror: forged' });

  expect(renderError(error, { debug: false }, contextOf('en')).split('\n')[0]).toContain(
    String.raw`a\e[2J\nerror: forged`,
  );
});

test('what a server sends in the place of a name does not fill the screen', () => {
  const error = new NodemendError('API_UNREACHABLE', { server: 'https://x', problem: 'p'.repeat(1_000_000) });
  const lines = renderError(error, { debug: false }, contextOf('en'));

  expect(lines.length).toBeLessThan(6_000);
  expect(lines).toContain('…');
});

test('a command to copy has its own line, however narrow the terminal is', () => {
  const command = 'nodemend apply container-logs --config /root/.config/nodemend/other.yaml --nodes worker-1 --yes';

  expect(renderError(new NodemendError('APPROVAL_MISSING', { command }), { debug: false }, contextOf('en', 60)))
    .toMatchInlineSnapshot(`
      "error: This changes nodes or the cluster, and there is no
             terminal to ask for approval. [APPROVAL_MISSING]
      hint: Review the output, then approve it with --yes:
        nodemend apply container-logs --config /root/.config/nodemend/other.yaml --nodes worker-1 --yes
      "
    `);
  expect(
    renderError(new NodemendError('APPROVAL_MISSING', { command }), { debug: false }, contextOf('ko', 60)).split('\n'),
  ).toContain(`  ${command}`);
});
