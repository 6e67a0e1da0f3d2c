import { expect, test } from 'vitest';
import { kinds } from '../../../lab/api/resources.ts';
import type { KubeObject } from '../../../lab/api/objects.ts';
import { serveFake } from '../../../lab/api/testing/serve-fake.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection, Transport } from '../../transport/transport.ts';
import { someNode } from './preflight/testing/some-cluster.ts';
import { WorkingConnection } from './working-connection.ts';

/** Beside the practice cluster's API server; the node answers once, and then no more. */
const silent = new NodemendError('SSH_TIMED_OUT', { node: 'a', address: 'a', port: 22, seconds: 10 });
const connection: NodeConnection = {
  node: 'a',
  kind: 'ssh',
  user: 'root',
  hostKey: undefined,
  exec: () => Promise.reject(silent),
  close: () => Promise.resolve(),
};

function answersOnce(): Transport {
  let answers = 1;
  return {
    kind: 'ssh',
    connect: () => (answers-- > 0 ? Promise.resolve(connection) : Promise.reject(silent)),
    close: () => Promise.resolve(),
  };
}

const targets = new Map([['a', { name: 'a', address: 'a', identityFiles: [] }]]);

test('a node that does not answer is waited for as long as it is the cluster’s, and a deleted one is told', async () => {
  const served = await serveFake([someNode({ name: 'a' })] as unknown as readonly KubeObject[]);
  const session = { kind: 'apply', targets, transport: answersOnce(), api: served.client('admin') } as const;
  const working = await WorkingConnection.open(session, 'a');
  await expect(working.reconnect()).rejects.toBe(silent);
  served.store.remove(kinds.Node, '', 'a');
  await expect(working.reconnect()).rejects.toMatchObject({ code: 'PLAN_STALE', params: { what: 'a: node-gone' } });
});

test('where the cluster cannot be asked, what is said is that the node does not answer', async () => {
  const session = { kind: 'apply', targets, transport: answersOnce(), api: undefined } as const;
  const working = await WorkingConnection.open(session, 'a');
  await expect(working.reconnect()).rejects.toBe(silent);
});
