import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { onNode } from '../../../testbed/on-node.ts';
import { healNode, partitionNode } from '../../../testbed/partition.ts';
import type { Operator } from '../../end-to-end/operator.ts';
import { said, writeKubeconfig, type HostileFixture } from '../hostile-fixture.ts';
import { startHttpRelay } from '../http-relay.ts';
import { createServiceAccount, mintToken } from '../service-account.ts';

export interface Partition {
  readonly fixture: () => HostileFixture;
  /** The second one is cut off while its change is being prepared. */
  readonly nodes: readonly [string, string];
}

/**
 * Scripts take turns on a node: this one's turn lasts, so that the next script is still waiting when the network goes.
 */
const takeLongTurn = `
mkdir -p -m 0700 /var/lib/nodemend
nohup flock /var/lib/nodemend sleep 12 </dev/null >/dev/null 2>&1 &
while flock -n /var/lib/nodemend true; do sleep 0.1; done
`;

/**
 * A node that is cut off in the middle of its change. It takes a minute until SSH gives up (three signs of life, each
 * 15 s, that stay unanswered), so this begins first and ends last, and `meanwhile` stands between.
 */
export function partition({ fixture, nodes: [canary, cut] }: Partition, meanwhile: () => void): void {
  let operator: Operator;
  let ending: Promise<string>;
  let before: readonly string[];
  let run = '';
  let close: (() => Promise<void>) | undefined;
  afterAll(() => close?.());

  beforeAll(async () => {
    const { relay, ca } = await startHttpRelay(fixture());
    before = await fixture().breakNodes(canary, cut);
    operator = fixture().operator();
    const account = await createServiceAccount(fixture(), 'partitioner');
    const token = mintToken(fixture(), account, new Date(Date.now() + 3_600_000));
    const access = [
      '--kubeconfig',
      writeKubeconfig(fixture(), operator, { server: relay.url, ca, token }),
      '--connect-timeout',
      '5',
    ];
    const { status } = fixture();
    let held: Promise<unknown> | undefined;
    relay.beforeRequest = async () => {
      // All nodes are locked by then, and how they are is asked before the next one.
      if (operator.runs().some((id) => operator.journal(id).some(({ entry }) => entry === 'node')))
        await (held ??= onNode(status, cut, takeLongTurn));
    };
    ending = said(
      operator.nodemend('apply', 'container-logs', '--nodes', `${canary},${cut}`, '--yes', '--soak', '0', ...access),
    );
    close = () => relay.close();
    run = await operator.journalled(
      [],
      (entry) => entry.entry === 'before' && entry.step === 'stage' && entry.node === cut,
    );
    // The script has come as far as waiting for its turn, and so has what it reads.
    await vi.waitUntil(async () => (await onNode(status, cut, 'pgrep -fx "sleep 1"')).exitCode === 0, {
      timeout: 60_000,
    });
    await partitionNode(status, cut);
  });

  meanwhile();

  test('a node is cut off in the middle of its change: unknown, and why; it stays locked, with nothing half-written', async () => {
    const words = (await ending).replaceAll(/\s+/g, ' ');
    expect(words).toMatch(/^6 /);
    expect(words).toMatch(new RegExp(`state unknown ${cut} [^]*\\[(?:SSH_CONNECTION_LOST|COMMAND_TIMED_OUT)\\]`));
    expect(words).toContain(`Still locked by this run: ${cut}`);
    expect(operator.journal(run).findLast((entry) => entry.entry === 'node')).toMatchObject({
      outcome: { node: cut, left: 'unknown' },
    });
    expect(await fixture().leaseHolder()).toBe('');
    expect(await fixture().traces(canary)).toMatch(new RegExp(`^run ${run} kept$`, 'm'));

    await healNode(fixture().status, cut);
    // A script that still waits for its input ends when TCP has told the node that nobody is there any more.
    await vi.waitUntil(
      async () => (await onNode(fixture().status, cut, 'flock -n /var/lib/nodemend true')).exitCode === 0,
      { timeout: 240_000, interval: 500 },
    );
    const traces = await fixture().traces(cut);
    expect(traces).toMatch(new RegExp(`^lock of ${run}$`, 'm'));
    expect(traces).not.toMatch(/^rule \/etc\/logrotate.d\/docker |^half-written /m);
  }, 300_000);

  test('with the network back, resume settles that node, and the next run does it', async () => {
    expect(await said(operator.nodemend('resume', run, '--yes'))).toMatch(/^6\n/);
    expect(await fixture().traces(cut)).not.toMatch(/^(?:lock|staged|half-written) /m);
    expect(
      await said(operator.nodemend('apply', 'container-logs', '--nodes', `${canary},${cut}`, '--yes', '--soak', '0')),
    ).toMatch(/^0\n/);
    for (const node of [canary, cut])
      expect(await fixture().traces(node)).toMatch(/^rule \/etc\/logrotate.d\/docker 644 0:0$/m);
    expect(before.join('')).not.toContain('/etc/logrotate.d/docker ');
  });
}
