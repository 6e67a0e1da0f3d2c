import { describe, expect, test } from 'vitest';
import type { JsonObject } from './api.ts';
import { listAll } from './list.ts';
import { openConnection } from './connection.ts';
import { accessTo } from './testing/access-to.ts';
import { createAuthority } from './testing/authority.ts';
import { caught } from './testing/caught.ts';
import { fixedTiming } from './testing/fixed-timing.ts';
import { httpsServer } from './testing/https-server.ts';
import { replay } from './testing/replay.ts';

const name = ({ metadata }: JsonObject) => (metadata as { readonly name: string }).name;
const workers = Array.from({ length: 8 }, (_, index) => `worker-${index + 1}`);

describe('against a recorded kube-apiserver', () => {
  test('pages until the server has no more, in its order, and counts as it goes', async () => {
    const client = await replay('nodes-paged');
    const counts: number[] = [];
    expect(
      await client('reader').list('/api/v1/nodes', { limit: 3, project: name, onPage: (count) => counts.push(count) }),
    ).toEqual(workers);
    expect(counts).toEqual([3, 6, 8]);
    expect(
      await client('reader').list('/api/v1/nodes', { limit: 3, labelSelector: 'pool=blue', project: name }),
    ).toEqual(workers.slice(0, 4));
  });

  test('starts again after a 410 in the middle and keeps nothing of the first attempt', async () => {
    const client = await replay('nodes-continue-expired');
    const counts: number[] = [];
    expect(
      await client('reader').list('/api/v1/nodes', { limit: 3, project: name, onPage: (count) => counts.push(count) }),
    ).toEqual(workers);
    expect(counts).toEqual([3, 3, 6, 8]);
  });

  test('a server that knows no such collection is an error, not an empty list', async () => {
    const client = await replay('not-found');
    expect(await caught(client('reader').get('/api/v1/nodes/worker-99', name))).toMatchObject({
      code: 'API_NOT_FOUND',
      params: { path: '/api/v1/nodes/worker-99' },
    });
    expect(await caught(client('admin').list('/apis/no.such.group/v1/things', { project: name }))).toMatchObject({
      code: 'API_NOT_FOUND',
    });
  });
});

/** A server whose answers the test writes; it is not an API server. */
async function connectionTo(
  answers: readonly ((target: string) => { readonly status: number; readonly body: unknown })[],
) {
  const authority = await createAuthority('test');
  const { certificate: cert, key } = await authority.issue({ commonName: 'server', ip: ['127.0.0.1'] });
  const asked: string[] = [];
  const url = await httpsServer({ cert, key }, (incoming, outgoing) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(incoming.url ?? '');
    const { status, body } = answer?.(incoming.url ?? '') ?? { status: 500, body: '' };
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return { connection: openConnection(accessTo(url, { ca: authority.certificate }), { timing: fixedTiming }), asked };
}

const page = (items: readonly string[], token?: string) => () => ({
  status: 200,
  body: {
    kind: 'NodeList',
    metadata: { resourceVersion: '7', ...(token ? { continue: token } : {}) },
    items: items.map((item) => ({ metadata: { name: item } })),
  },
});
const expired = () => ({ status: 410, body: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } });

describe('against a server of the test', () => {
  test('a list that expires again and again ends with an error after four attempts', async () => {
    const { connection, asked } = await connectionTo([
      page(['a'], 'x'),
      expired,
      page(['a'], 'x'),
      expired,
      page(['a'], 'x'),
      expired,
      page(['a'], 'x'),
      expired,
    ]);
    expect(await caught(listAll(connection, '/api/v1/nodes', { project: name }))).toMatchObject({
      code: 'API_EXPIRED',
    });
    expect(asked.length).toBe(8);
    await connection.close();
  });

  test('an answer that is not a list is an error', async () => {
    for (const body of [{ kind: 'Node', metadata: {} }, { items: [] }, { items: 'x', metadata: {} }]) {
      const { connection } = await connectionTo([() => ({ status: 200, body })]);
      expect(await caught(listAll(connection, '/api/v1/nodes', { project: name }))).toMatchObject({
        code: 'API_ANSWER_INVALID',
      });
      await connection.close();
    }
  });

  test(
    'a first page that is cut again and again: pages read ahead for it are given up, and not asked for ' +
      'beside those of the next try',
    async () => {
      const authority = await createAuthority('test');
      const { certificate: cert, key } = await authority.issue({ commonName: 'server', ip: ['127.0.0.1'] });
      const asked: string[] = [];
      let tries = 0;
      const url = await httpsServer({ cert, key }, (incoming, outgoing) => {
        const token = /continue=([^&]*)/.exec(incoming.url ?? '')?.[1];
        asked.push(token ?? '');
        // Pages that are read ahead are refused for a while; the first page ends after its head.
        if (token !== undefined) outgoing.writeHead(503).end();
        else
          outgoing
            .writeHead(200, { 'content-type': 'application/json' })
            .write(`{"kind":"NodeList","metadata":{"resourceVersion":"7","continue":"x${++tries}"},"items":[`, () =>
              setTimeout(() => outgoing.destroy(), 50),
            );
      });
      const connection = openConnection(accessTo(url, { ca: authority.certificate }), { timing: fixedTiming });
      expect(await caught(listAll(connection, '/api/v1/nodes', { project: name }))).toMatchObject({
        code: 'API_CONNECTION_CUT',
      });
      await connection.close();
      expect(asked.filter((token) => token === '')).toHaveLength(5);
      // The last try's page, or the one before, whose request was on its way when the first page's new head came.
      const late = asked.filter(
        (token, index) =>
          token !== '' && Number(token.slice(1)) < asked.slice(0, index).filter((other) => other === '').length - 1,
      );
      expect(late).toEqual([]);
      expect(asked).toContain('x5');
    },
  );

  test('an empty collection is an empty list, also where an old server writes null', async () => {
    const { connection } = await connectionTo([
      () => ({ status: 200, body: { metadata: { resourceVersion: '1' }, items: null } }),
    ]);
    expect(await listAll(connection, '/api/v1/nodes', { project: name })).toEqual({ items: [], resourceVersion: '1' });
    await connection.close();
  });

  test('a projection that throws ends the list and leaves no request behind', async () => {
    const { connection } = await connectionTo([page(['a'], 'x'), page(['b'])]);
    const failing = () => {
      throw new TypeError('projection');
    };
    await expect(listAll(connection, '/api/v1/nodes', { project: failing })).rejects.toThrow('projection');
    await connection.close();
  });

  test('the caller’s signal ends it with the caller’s reason', async () => {
    const { connection } = await connectionTo([page(['a'], 'x'), page(['a'], 'y'), page(['a'], 'z')]);
    const stop = new AbortController();
    const listing = listAll(connection, '/api/v1/nodes', {
      project: name,
      signal: stop.signal,
      onPage: (count) => count === 3 && stop.abort(new Error('Ctrl-C')),
    });
    await expect(listing).rejects.toThrow('Ctrl-C');
    await connection.close();
  });
});
