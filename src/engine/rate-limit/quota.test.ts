import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { egressGroups, quotaExit, type AskedQuota, type Quota } from './quota.ts';

const counted = (remaining: number, source?: string): Quota => ({
  state: 'counted',
  rate: { limit: 100, remaining, windowSeconds: 21_600, ...(source === undefined ? {} : { source }) },
});
const unknown: Quota = { state: 'unknown', error: new NodemendError('NODE_WITHOUT_HTTP', { node: 'c' }) };

test('who leaves by one address is one group, with the least that is left, the tightest group first', () => {
  const groups = egressGroups([
    { node: undefined, quota: counted(90, '192.0.2.1') },
    { node: 'worker-2', quota: counted(12, '203.0.113.7') },
    { node: 'worker-1', quota: counted(11, '203.0.113.7') },
    { node: 'worker-3', quota: unknown },
  ]);

  expect(groups).toEqual([
    {
      source: '203.0.113.7',
      limit: 100,
      remaining: 11,
      windowSeconds: 21_600,
      nodes: ['worker-1', 'worker-2'],
      here: false,
      secrets: [],
      sourceKind: 'address',
    },
    {
      source: '192.0.2.1',
      limit: 100,
      remaining: 90,
      windowSeconds: 21_600,
      nodes: [],
      here: true,
      secrets: [],
      sourceKind: 'address',
    },
  ]);
});

test('a registry that does not say whose pulls it counts puts nobody together', () => {
  expect(
    egressGroups([
      { node: 'a', quota: counted(5) },
      { node: 'b', quota: counted(5) },
    ]).map(({ nodes }) => nodes),
  ).toEqual([['a'], ['b']]);
});

const hubSecret = [{ namespace: 'web', secret: 'hub' }];
const as = (quota: Quota, secrets = hubSecret): AskedQuota => ({ node: undefined, secrets, quota });

test.each([
  [
    'an id is none',
    as(counted(5, '6f1c2d3e-0000-4000-8000-000000000001')),
    { source: '6f1c2d3e-0000-4000-8000-000000000001', sourceKind: 'account' },
  ],
  [
    'the address still counts',
    as(counted(5, '2001:41d0:801:2000::')),
    { source: '2001:41d0:801:2000::', sourceKind: 'address' },
  ],
  ['nobody says', as(counted(5)), { source: undefined, sourceKind: undefined }],
])('asked with a login, %s', (_name, asked, expected) => {
  expect(egressGroups([asked])).toEqual([
    { ...expected, limit: 100, remaining: 5, windowSeconds: 21_600, nodes: [], here: false, secrets: hubSecret },
  ]);
});

test('an account is one group whatever secrets hold it, apart from the address that asked', () => {
  const groups = egressGroups([
    { node: undefined, quota: counted(90, '192.0.2.1') },
    as(counted(5, 'kim')),
    as(counted(4, 'kim'), [{ namespace: 'ops', secret: 'hub' }]),
  ]);

  expect(groups.map(({ remaining, here, secrets }) => ({ remaining, here, secrets }))).toEqual([
    {
      remaining: 4,
      here: false,
      secrets: [
        { namespace: 'ops', secret: 'hub' },
        { namespace: 'web', secret: 'hub' },
      ],
    },
    { remaining: 90, here: true, secrets: [] },
  ]);
});

test.each([
  [3, [counted(100, 'x'), { state: 'denied', error: new NodemendError('REGISTRY_LOGIN_REFUSED', {}) }]],
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
  const asked = fc.uniqueArray(
    fc.record({
      node: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      quota: fc.oneof(
        fc.constant(unknown),
        fc.tuple(fc.nat(100), fc.constantFrom('x', 'y', undefined)).map(([left, source]) => counted(left, source)),
      ),
    }),
    { selector: ({ node }) => node },
  );
  fc.assert(
    fc.property(asked, (answers: readonly AskedQuota[]) => {
      const wanted = answers.flatMap(({ node, quota }) => (quota.state === 'counted' ? [node] : []));
      expect(
        egressGroups(answers)
          .flatMap(({ nodes }) => nodes)
          .toSorted(),
      ).toEqual(wanted.toSorted());
    }),
  );
});
