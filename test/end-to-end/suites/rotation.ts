import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorOf, type Operator } from '../operator.ts';
import type { OpenCluster, TestCluster } from '../test-cluster.ts';

/**
 * What the node's own schedule runs: the unit of systemd's timer, else cron's job, which leaves it to systemd where
 * that runs.
 */
const scheduledRun =
  'if [ -d /run/systemd/system ]; then systemctl start logrotate.service; else /etc/cron.daily/logrotate; fi';

export function describeRotation(create: OpenCluster): void {
  describe('rotation', () => {
    let cluster: TestCluster;
    let operator: Operator;
    let node = '';

    beforeAll(async () => {
      cluster = await create();
      operator = operatorOf(cluster);
      node = cluster.nodes.find(({ runtime }) => runtime === 'docker')?.name ?? '';
      await cluster.breakNodes('container-logs', 'rule-missing', [node]);
    });
    afterAll(async () => {
      operator?.leave();
      await cluster?.down();
    });

    /** Inode and whether any log has grown, per container folder: what a rotation would change. */
    const logFiles = (): Promise<string> =>
      cluster.root(
        node,
        'cd /var/lib/docker/containers && find . -name "*-json.log*" -exec stat -c "%n %i" {} + | sort',
      );
    const smallest = async (): Promise<number> =>
      Number(await cluster.root(node, 'stat -c %s "$(readlink -f /var/log/containers/orders-*.log)"'));

    test('nodemend itself rotates no container log, and afterwards the scheduled run of the node does', async () => {
      // The scheduled run has to know the logs already: logrotate rotates nothing that it sees for the first time.
      const before = await logFiles();
      const applied = await operator.nodemend('apply', 'container-logs', '--yes', '--soak', '0');
      expect(applied.exitCode, `${applied.stdout}${applied.stderr}`).toBe(0);
      const [run = ''] = operator.runs();
      const size = await smallest();
      expect((await operator.nodemend('verify', run)).exitCode).toBe(0);
      expect(await logFiles()).toBe(before);
      expect(await smallest()).toBeGreaterThanOrEqual(size);
      expect(
        await cluster.root(node, 'grep -c docker/containers /var/lib/logrotate/status 2>/dev/null || true'),
      ).toMatch(/^0?\n?$/);

      await cluster.root(node, scheduledRun);
      expect(await logFiles()).toBe(before);
      await cluster.root(node, 'truncate -s 101M "$(readlink -f /var/log/containers/orders-*.log)"');
      await cluster.root(node, scheduledRun);
      expect(await logFiles()).toMatch(/-json\.log-\d{8}-\d+\.gz \d+$/m);
      const rotated = await smallest();
      expect(rotated).toBeLessThan(100_000);
      await expect.poll(smallest, { timeout: 20_000 }).toBeGreaterThan(rotated);
      expect((await operator.nodemend('verify', run)).exitCode).toBe(0);

      expect((await operator.nodemend('undo', run, '--yes')).exitCode).toBe(0);
    });
  });
}
