import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RecordedRequest } from '../../src/kubernetes/testing/recording.ts';
import type { Operator } from '../end-to-end/operator.ts';
import { throttle } from './flow-control.ts';
import { said, startHostileFixture, writeKubeconfig, type HostileFixture } from './hostile-fixture.ts';
import { startHttpRelay, type HttpRelay } from './http-relay.ts';
import { createServiceAccount, mintToken, type ServiceAccount } from './service-account.ts';
import { twoAtOnce } from './suites/two-at-once.ts';
import { addSilentWebhook, removeSilentWebhook, webhookIsInUse } from './webhook.ts';

/**
 * A server that fails in the middle of a run: each node is as before or changed, the locks are gone, and who has the
 * lease is known.
 */
let fixture: HostileFixture;
let account: ServiceAccount;
let http: HttpRelay;
let operator: Operator;
/** Traces of the canary and of the next node, before. */
let [first, second] = ['', ''];
const [canary, next] = ['docker-1', 'docker-2'];
const apply = ['apply', 'container-logs', '--yes', '--soak', '0'] as const;
const inAnHour = (): Date => new Date(Date.now() + 3_600_000);
/** A rule that covers the logs, kept by the run, and nothing half-written; the hash is the same on both nodes. */
const changed = (run: string): RegExp =>
  new RegExp(`^rule /etc/logrotate.d/docker 644 0:0\\n[^]*\\nrun ${run} kept\\n$`, 'm');

beforeAll(async () => {
  fixture = await startHostileFixture({ containerd: 0, docker: 2 }, 'hostile-running');
  account = await createServiceAccount(fixture, 'changer');
  http = await startHttpRelay(fixture);
});
afterAll(async () => {
  await http?.relay.close();
  await fixture?.down();
});
beforeEach(async () => {
  operator = fixture.operator();
  http.relay.beforeRequest = () => Promise.resolve();
  http.relay.take();
  await fixture.freeLease();
  [first = '', second = ''] = await fixture.breakNodes(canary, next);
});

const through = (token = mintToken(fixture, account, inAnHour())): readonly string[] => [
  '--kubeconfig',
  writeKubeconfig(fixture, operator, { server: http.relay.url, ca: http.ca, token }),
];

/** Whether the run of the operator has changed the canary and asks how the nodes are before it goes on. */
const isAfterCanary = (): boolean =>
  operator.runs().some((run) => operator.journal(run).some(({ entry }) => entry === 'node'));
const isLease = ({ target }: RecordedRequest): boolean => target.includes('/leases');

async function expectBothChanged(run: string): Promise<void> {
  for (const node of [canary, next]) {
    const traces = await fixture.traces(node);
    expect(traces).toMatch(changed(run));
    expect(traces).not.toMatch(/^(?:staged|lock|half-written)/m);
  }
  expect(await fixture.leaseHolder()).toBe('');
  expect(operator.journal(run).at(-1)).toMatchObject({ entry: 'end', verdict: 'done' });
}

test('the apiserver is killed after the canary: the run waits for it, and is done', async () => {
  const command = operator.start(...apply);
  const run = await operator.journalled([], ({ entry }) => entry === 'node');
  await fixture.controlPlane.killApiserver();
  expect(await said(command)).toMatch(new RegExp(`^0\\n[^]*DONE {2}run ${run}, 2 of 2 nodes`));
  await expectBothChanged(run);
});

test('429 after the canary, for a while: the run waits, and is done', async () => {
  let throttled: Promise<() => Promise<void>> | undefined;
  http.relay.beforeRequest = async () => {
    if (!isAfterCanary()) return;
    if (throttled === undefined) await (throttled = throttle(fixture, account));
    else if (http.relay.statuses().includes(429)) await (await throttled)().catch(() => undefined);
  };
  expect(await said(operator.nodemend(...apply, ...through()))).toMatch(/^0\n[^]*DONE {2}run/);
  expect(http.relay.statuses()).toContain(429);
  await expectBothChanged(operator.runs()[0] ?? '');
});

describe('a webhook on leases that never answers', () => {
  test('from the start: refused with the server’s words, nothing touched', async () => {
    await addSilentWebhook(fixture);
    await vi.waitUntil(() => webhookIsInUse(fixture), { timeout: 60_000 });
    try {
      expect(await said(operator.nodemend(...apply))).toMatch(
        /^5\n[^]*error: [^]*500[^]*webhook[^]*\[API_SERVER_ERROR\]\nhint: /,
      );
    } finally {
      await removeSilentWebhook(fixture);
      await vi.waitUntil(async () => !(await webhookIsInUse(fixture)), { timeout: 60_000 });
    }
    expect([await fixture.traces(canary), await fixture.traces(next)]).toEqual([first, second]);
    expect(operator.runs()).toEqual([]);
  });

  test('when the lease is given back: it is tried again until that works', async () => {
    let state: 'absent' | 'there' | 'gone' = 'absent';
    http.relay.beforeRequest = async (request) => {
      if (!isLease(request) || !isAfterCanary()) return;
      if (state === 'absent') {
        await addSilentWebhook(fixture);
        await vi.waitUntil(() => webhookIsInUse(fixture), { timeout: 60_000 });
        state = 'there';
      } else if (state === 'there' && http.relay.statuses().includes(500)) {
        await removeSilentWebhook(fixture);
        state = 'gone';
      }
    };
    expect(await said(operator.nodemend(...apply, ...through()))).toMatch(/^0\n[^]*DONE {2}run/);
    expect(state).toBe('gone');
    await expectBothChanged(operator.runs()[0] ?? '');
  });
});

test('the token expires after the canary: stopped there, and told; with a new token the rest is done', async () => {
  // Signed so that the server still takes it for that long; a slow machine needs longer to come as far as the canary.
  for (const seconds of [12, 40]) {
    const token = mintToken(fixture, account, new Date(Date.now() + (seconds - 60) * 1000));
    http.relay.beforeRequest = async () => {
      if (!isAfterCanary() || http.relay.statuses().at(-1) === 401) return;
      const ask = [
        '--kubeconfig',
        '/dev/null',
        '--insecure-skip-tls-verify',
        '--server',
        fixture.admin.server,
        '--token',
        token,
        'get',
        '--raw',
        '/version',
      ];
      await vi.waitUntil(
        async () => /Unauthorized|provide credentials/.test(await fixture.testbed.kubectl(...ask).catch(String)),
        { timeout: 120_000, interval: 300 },
      );
    };
    const words = await said(operator.nodemend(...apply, ...through(token)));
    if (operator.runs().length === 0) {
      expect(words).toMatch(/^5\n[^]*\[API_UNAUTHORIZED\]/);
      continue;
    }
    expect(words).toMatch(/^6\n[^]*stopping: [^]*rejected the credentials[^]*\[API_UNAUTHORIZED\]/);
    expect(words.replaceAll(/\s+/g, ' ')).toContain('The lease nodemend/nodemend-run could not be released.');
    break;
  }
  const [run = ''] = operator.runs();
  expect(await fixture.traces(canary)).toMatch(changed(run));
  expect(await fixture.traces(next)).toBe(second);
  expect(await fixture.leaseHolder()).toBe(run);
  expect(operator.journal(run).at(-1)).toMatchObject({ entry: 'end', verdict: 'partly' });

  http.relay.beforeRequest = () => Promise.resolve();
  expect(await said(operator.nodemend(...apply, ...through()))).toMatch(
    new RegExp(`^8\\n[^]*${run}[^]*\\[LEASE_HELD\\]`),
  );
  expect(await said(operator.nodemend('undo', run, '--yes', ...through()))).toMatch(/^0\n/);
  expect(await fixture.leaseHolder()).toBe('');
  expect((await fixture.traces(canary)).replace(/^run .* undone\n/m, '')).toBe(first);
});

twoAtOnce({
  fixture: () => fixture,
  nodes: [canary, next],
  held: (holder, meanwhile) => {
    operator = holder;
    let waited: Promise<void> | undefined;
    http.relay.beforeRequest = async () => {
      if (isAfterCanary()) await (waited ??= meanwhile());
    };
    return through();
  },
});
