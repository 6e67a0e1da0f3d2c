import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operator } from '../../end-to-end/operator.ts';
import { said, type HostileFixture } from '../hostile-fixture.ts';
import { leasesElsewhere } from '../leases-elsewhere.ts';

export interface KubeletDown {
  readonly fixture: () => HostileFixture;
  /** Loses its kubelet. */
  readonly node: string;
  /** In trouble, and would be changed. */
  readonly other: string;
}

/**
 * kubelet is stopped: what it alone knows is an error with its reason, the node is read all the same, and it counts as
 * out of order.
 */
export function kubeletDown({ fixture, node, other }: KubeletDown): void {
  describe('kubelet is down', () => {
    let operator: Operator;
    beforeAll(async () => {
      operator = fixture().operator();
      await fixture().testbed.root(node, 'systemctl stop kubelet');
    });
    afterAll(() => fixture().testbed.root(node, 'systemctl start kubelet'));

    test('configz and stats through the node proxy: an error of the server that says what it could not reach', async () => {
      const refused = {
        code: 'API_SERVER_ERROR',
        params: { status: 503, message: expect.stringMatching(/10250.*refused/) },
      };
      const asked = ['configz', 'stats/summary'].map((what) =>
        fixture().admin.get(`/api/v1/nodes/${node}/proxy/${what}`, () => undefined),
      );
      await Promise.all(asked.map((one) => expect(one).rejects.toMatchObject(refused)));
    });

    test('the node itself is read', async () => {
      const { stdout } = await operator.nodemend('diagnose', '--nodes', node, '-o', 'json');
      expect(stdout).toContain(`"${node}"`);
      expect(stdout).not.toContain('"state": "unknown"');
    });

    test('it becomes NotReady, and no other node is changed beside it where one at once is the most', async () => {
      const ready = (): Promise<string> =>
        fixture().testbed.kubectl(
          'get',
          'node',
          node,
          '-o',
          'jsonpath={.status.conditions[?(@.type=="Ready")].status}',
        );
      await expect.poll(ready, { timeout: 120_000, interval: 500 }).toBe('Unknown');
      const before = await fixture().traces(other);
      const words = await said(
        operator.nodemend(
          'apply',
          'container-logs',
          '--nodes',
          other,
          '--yes',
          '--max-unavailable',
          '1',
          ...leasesElsewhere(fixture(), operator),
        ),
      );
      expect(words).toMatch(new RegExp(`^8\\n[^]*${node}[^]*\\[CLUSTER_UNHEALTHY\\]`));
      expect(await fixture().traces(other)).toBe(before);
    });
  });
}
