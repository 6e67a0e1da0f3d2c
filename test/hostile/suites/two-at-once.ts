import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Operator } from '../../end-to-end/operator.ts';
import { leasePath, said, type HostileFixture } from '../hostile-fixture.ts';
import { leasesElsewhere } from '../leases-elsewhere.ts';

export interface TwoAtOnce {
  readonly fixture: () => HostileFixture;
  /** The canary and the node after it, broken before each test. */
  readonly nodes: readonly [string, string];
  /**
   * Lets the run of an operator wait after its canary until `meanwhile` has ended.
   * @returns the arguments for its command
   */
  readonly held: (operator: Operator, meanwhile: () => Promise<void>) => readonly string[];
}

/** Two nodemends on one cluster: one works, the other is told who does, and neither disturbs the other. */
export function twoAtOnce({ fixture, nodes, held }: TwoAtOnce): void {
  describe('two at once', () => {
    const apply = ['apply', 'container-logs', '--yes', '--soak', '0'] as const;
    let [one, other]: readonly Operator[] = [];
    beforeEach(() => {
      [one, other] = [fixture().operator(), fixture().operator()];
    });

    test('the second is refused by the lease, and by the locks of the nodes if it looks for another lease; the first goes on', async () => {
      if (one === undefined || other === undefined) throw new Error('no operators');
      const refusals: string[] = [];
      const [first, second] = [one, other];
      const meanwhile = async (): Promise<void> => {
        const before = await Promise.all(nodes.map((node) => fixture().traces(node)));
        refusals.push(
          await said(second.nodemend(...apply)),
          await said(second.nodemend(...apply, ...leasesElsewhere(fixture(), second))),
        );
        expect(await Promise.all(nodes.map((node) => fixture().traces(node)))).toEqual(before);
      };
      const words = await said(first.nodemend(...apply, ...held(first, meanwhile)));
      const [run = ''] = first.runs();
      expect(words).toMatch(new RegExp(`^0\\n[^]*DONE {2}run ${run}, 2 of 2 nodes`));
      const [byLease = '', byLock = ''] = refusals;
      expect(byLease).toMatch(new RegExp(`^8\\n[^]*error: [^]*${run}[^]*\\[LEASE_HELD\\]\\nhint: `));
      expect(byLock).toMatch(new RegExp(`^8\\n[^]*${run}[^]*\\[NODE_LOCKED\\]`));
      for (const node of nodes) expect(await fixture().traces(node)).toMatch(new RegExp(`\\nrun ${run} kept\\n$`));
      expect(await fixture().leaseHolder()).toBe('');
    });

    test(
      'a lease is held as long as it is renewed, whatever its holder’s clock says, and taken when the server ' +
        'has not seen that for twice its duration',
      async () => {
        if (one === undefined) throw new Error('no operator');
        const operator = one;
        const { admin } = fixture();
        const renewTime = (second: number): string =>
          `2001-01-01T00:00:${String(second % 60).padStart(2, '0')}.000000Z`;
        const spec = {
          holderIdentity: '20260101-0000-container-logs-beef',
          leaseDurationSeconds: 3,
          acquireTime: renewTime(0),
          renewTime: renewTime(0),
          leaseTransitions: 0,
        };
        const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'nodemend-run' }, spec };
        await admin.create(leasePath.slice(0, leasePath.lastIndexOf('/')), body, () => undefined);
        const dead = new AbortController();
        const alive = (async () => {
          for (let second = 1; !dead.signal.aborted; second++) {
            await admin.patch(
              leasePath,
              { spec: { renewTime: renewTime(second) } },
              { type: 'merge', project: () => undefined },
            );
            await sleep(500, undefined, { signal: dead.signal }).catch(() => undefined);
          }
        })();
        // Long enough for the lease to have run out, had it not been renewed.
        await sleep(7_000);
        expect(await said(operator.nodemend(...apply))).toMatch(
          /^8\n[^]*20260101-0000-container-logs-beef[^]*\[LEASE_HELD\]/,
        );
        dead.abort();
        await alive;
        await expect
          .poll(() => said(operator.nodemend(...apply)), { timeout: 120_000, interval: 500 })
          .toMatch(/^0\n[^]*Took over the expired lease of 20260101-0000-container-logs-beef/);
        expect(await fixture().leaseHolder()).toBe('');
      },
    );

    test('three that start at the same moment: one change, and each of the others done or refused', async () => {
      const operators = [one, other, fixture().operator()].filter((operator) => operator !== undefined);
      const endings = await Promise.all(operators.map((operator) => said(operator.nodemend(...apply))));
      const done = endings.filter((words) => words.startsWith('0\n'));
      const refused = endings.filter((words) =>
        /^8\n[^]*\[(?:LEASE_HELD|API_CONFLICT|FILE_CHANGED_SINCE_PLAN)\]/.test(words),
      );
      expect(done.length + refused.length, endings.join('\n---\n')).toBe(3);
      expect(done.length).toBeGreaterThanOrEqual(1);
      for (const node of nodes) {
        const traces = await fixture().traces(node);
        expect(traces.match(/^run \S+ kept$/gm)).toHaveLength(1);
        expect(traces).not.toMatch(/^(?:staged|lock|half-written)/m);
      }
      expect(await fixture().leaseHolder()).toBe('');
    });
  });
}
