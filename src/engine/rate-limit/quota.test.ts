import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { egressGroups, quotaExit, type AskedQuota, type Quota } from './quota.ts';

const counted = (remaining: number, source?: string): Quota => ({ state: 'counted', rate: { limit: 100, remaining, windowSeconds: 21_600, ...(source === undefined ? {} : { source }) } });
const unknown: Quota = { state: 'unknown', error: new NodemendError('NODE_WITHOUT_HTTP', { node: 'c' }) };

test('who leaves by one address is one group, with the least that is left, the tightest group first', () => {
  const groups = egressGroups([
    { node: undefined, quota: counted(90, '192.0.2.1') },
    { node: 'worker-2', quota: counted(12, '203.0.113.7') },
    { node: 'worker-1', quota: counted(11, '203.0.113.7') },
    { node: 'worker-3', quota: unknown },
  ]);

  expect(groups).toEqual([
    { source: '203.0.113.7', limit: 100, remaining: 11, windowSeconds: 21_600, nodes: ['worker-1', 'worker-2'], here: false },
    { source: '192.0.2.1', limit: 100, remaining: 90, windowSeconds: 21_600, nodes: [], here: true },
  ]);
});

test('a registry that does not say whose pulls it counts puts nobody together', () => {
  expect(egressGroups([{ node: 'a', quota: counted(5) }, { node: 'b', quota: counted(5) }]).map(({ nodes }) => nodes)).toEqual([['a'], ['b']]);
});

test.each([
  [0, [counted(100, 'x'), counted(10, 'y')]],
  [4, [counted(9, 'x')]],
  [3, [counted(0, 'x'), unknown]],
  [3, [counted(-2, 'x')]],
  [3, [{ state: 'refused' }, unknown]],
  [5, [counted(9, 'x'), unknown]],
] as readonly (readonly [number, readonly Quota[]])[])('exit code %i', (code, quotas) => {
  expect(quotaExit(quotas.map((quota, index) => ({ node: `n${index}`, quota })))).toBe(code);
});

test('every node that was counted is in one group, and only there', () => {
  const asked = fc.uniqueArray(fc.record({ node: fc.constantFrom('a', 'b', 'c', 'd', 'e'), quota: fc.oneof(fc.constant(unknown), fc.tuple(fc.nat(100), fc.constantFrom('x', 'y', undefined)).map(([left, source]) => counted(left, source))) }), { selector: ({ node }) => node });
  fc.assert(
    fc.property(asked, (answers: readonly AskedQuota[]) => {
      const wanted = answers.flatMap(({ node, quota }) => (quota.state === 'counted' ? [node] : []));
      expect(egressGroups(answers).flatMap(({ nodes }) => nodes).toSorted()).toEqual(wanted.toSorted());
    }),
  );
});
