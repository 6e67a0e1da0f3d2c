import { expect, test } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { addressChanges } from './address-changes.ts';
import { egressGroups, type AskedQuota } from './quota.ts';
import { sharedAddresses } from './shared-addresses.ts';

const asked = (node: string | undefined, source: string | undefined): AskedQuota => ({
  node,
  quota: {
    state: 'counted',
    rate: { limit: 100, remaining: 5, windowSeconds: 21_600, ...(source === undefined ? {} : { source }) },
  },
});
const unknown = (node: string): AskedQuota => ({
  node,
  quota: { state: 'unknown', error: new NodemendError('NODE_WITHOUT_HTTP', { node }) },
});

test('nodes that share an address, by node group', () => {
  const groups = egressGroups([
    asked('w-1', '203.0.113.7'),
    asked('w-2', '203.0.113.7'),
    asked('gpu-1', '203.0.113.7'),
    asked('x', '203.0.113.7'),
    asked('own', '203.0.113.8'),
    asked(undefined, '203.0.113.8'),
    asked('a', undefined),
    asked('b', undefined),
  ]);

  expect(
    sharedAddresses(
      groups,
      new Map([
        ['w-1', 'w'],
        ['w-2', 'w'],
        ['gpu-1', 'gpu'],
        ['own', 'w'],
      ]),
    ),
  ).toEqual([
    {
      address: '203.0.113.7',
      parts: [
        { nodeGroup: undefined, nodes: ['x'] },
        { nodeGroup: 'gpu', nodes: ['gpu-1'] },
        { nodeGroup: 'w', nodes: ['w-1', 'w-2'] },
      ],
    },
  ]);
});

test('an account is not an address, and a source that is neither is not taken for one', () => {
  const account: AskedQuota = {
    ...asked(undefined, 'kim'),
    account: 0,
    secrets: [{ namespace: 'web', secret: 'hub' }],
  };

  expect(sharedAddresses(egressGroups([account, account, asked('a', 'nat'), asked('b', 'nat')]), new Map())).toEqual(
    [],
  );
});

test('what became of the address of each node', () => {
  const earlier = new Map([
    ['moved', '203.0.113.7'],
    ['left', '203.0.113.7'],
    ['right', '203.0.113.7'],
    ['own', '203.0.113.9'],
    ['silent', '203.0.113.7'],
    ['unseen', undefined],
    ['gone', '203.0.113.7'],
  ]);
  const now = [
    asked('moved', '198.51.100.1'),
    asked('left', '203.0.113.7'),
    asked('right', '203.0.113.7'),
    asked('own', '203.0.113.9'),
    unknown('silent'),
    asked('unseen', '198.51.100.2'),
    asked('new', '203.0.113.7'),
    asked(undefined, '203.0.113.9'),
  ];

  expect(addressChanges(earlier, now)).toEqual([
    { node: 'left', before: '203.0.113.7', now: '203.0.113.7', state: 'shared' },
    { node: 'moved', before: '203.0.113.7', now: '198.51.100.1', state: 'changed' },
    { node: 'own', before: '203.0.113.9', now: '203.0.113.9', state: 'own' },
    { node: 'right', before: '203.0.113.7', now: '203.0.113.7', state: 'shared' },
    { node: 'silent', before: '203.0.113.7', now: undefined, state: 'unknown' },
    { node: 'unseen', before: undefined, now: '198.51.100.2', state: 'unknown' },
  ]);
});
