import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { JsonObject, KubernetesApi, WatchEvent } from './api.ts';
import { createClient } from './client.ts';
import { openConnection, type ConnectionOptions } from './connection.ts';
import { accessTo } from './testing/access-to.ts';
import { createAuthority } from './testing/authority.ts';
import { caught } from './testing/caught.ts';
import { fixedTiming } from './testing/fixed-timing.ts';
import { httpsServer } from './testing/https-server.ts';
import { replay } from './testing/replay.ts';

const name = ({ metadata }: JsonObject) => (metadata as { readonly name: string }).name;

describe('against a recorded kube-apiserver', () => {
  test('sees a node come, change and go, and the bookmark before the server ends the watch', async () => {
    const api = (await replay('watch-bookmark'))('reader');
    const { resourceVersion } = await api.snapshot('/api/v1/nodes', { project: name });
    const seen: string[] = [];
    for await (const event of api.watch('/api/v1/nodes', { resourceVersion, timeoutSeconds: 5, project: name })) {
      seen.push(`${event.type} ${event.object ?? Number(event.resourceVersion) > Number(resourceVersion)}`);
      if (event.type === 'BOOKMARK') break;
    }
    expect(seen).toEqual(['ADDED worker-new', 'MODIFIED worker-new', 'DELETED worker-new', 'BOOKMARK true']);
  });

  test('a version that the server forgot ends it with API_EXPIRED', async () => {
    const api = (await replay('watch-expired'))('reader');
    const watching = api.watch('/api/v1/nodes', { resourceVersion: '1', timeoutSeconds: 5, project: name });
    expect(await caught(watching[Symbol.asyncIterator]().next())).toMatchObject({
      code: 'API_EXPIRED',
      params: { path: '/api/v1/nodes' },
    });
  });
});

type Answer = (outgoing: ServerResponse) => void;

/** A server that answers one watch after the other as the test says; it is not an API server. */
async function watchServer(
  answers: readonly Answer[],
  options: Pick<ConnectionOptions, 'watchSilenceMs'> = {},
): Promise<{ readonly api: KubernetesApi; readonly versions: (string | null)[] }> {
  const authority = await createAuthority('test');
  const { certificate: cert, key } = await authority.issue({ commonName: 'server', ip: ['127.0.0.1'] });
  const versions: (string | null)[] = [];
  const url = await httpsServer({ cert, key }, (incoming, outgoing) => {
    const answer = answers[versions.length];
    versions.push(new URL(incoming.url ?? '', 'https://x').searchParams.get('resourceVersion'));
    answer?.(outgoing);
  });
  const timing = { ...fixedTiming, sleep: () => Promise.resolve() };
  return { api: createClient(accessTo(url, { ca: authority.certificate }), { timing, ...options }), versions };
}

const event = (type: string, node: string, version: string) =>
  `${JSON.stringify({ type, object: { metadata: { name: node, resourceVersion: version } } })}\n`;
const stream = (outgoing: ServerResponse, text: string) => {
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  outgoing.write(text);
  return outgoing;
};

async function take(
  api: KubernetesApi,
  count: number,
  onRetry: (error: unknown) => void = () => undefined,
): Promise<readonly WatchEvent<string>[]> {
  const events: WatchEvent<string>[] = [];
  for await (const seen of api.watch('/api/v1/nodes', { resourceVersion: '10', project: name, onRetry })) {
    if (events.push(seen) === count) break;
  }
  return events;
}

describe('against a server of the test', () => {
  test('goes on at the last version seen when the server ends the watch, breaks it, or cuts it within a line', async () => {
    const retries: unknown[] = [];
    const { api, versions } = await watchServer([
      (outgoing) => stream(outgoing, event('ADDED', 'a', '11') + event('BOOKMARK', '', '15')).end(),
      (outgoing) => stream(outgoing, event('ADDED', 'b', '16') + event('ADDED', 'c', '17').slice(0, 20)).end(),
      (outgoing) => {
        stream(outgoing, event('ADDED', 'c', '17'));
        setTimeout(() => outgoing.destroy(), 50);
      },
      (outgoing) => stream(outgoing, event('ADDED', 'd', '18')),
    ]);
    const events = await take(api, 5, (error) => retries.push(error));
    expect(events.map(({ type, object }) => `${type} ${object ?? ''}`)).toEqual([
      'ADDED a',
      'BOOKMARK ',
      'ADDED b',
      'ADDED c',
      'ADDED d',
    ]);
    expect(versions).toEqual(['10', '15', '16', '17']);
    expect(retries).toMatchObject([{ code: 'API_CONNECTION_CUT' }]);
    await api.close();
  });

  test('a connection that is swallowed on the way is given up for a new one, at the last version seen', async () => {
    const retries: unknown[] = [];
    const { api, versions } = await watchServer(
      [
        // Bookmarks keep it alive for longer than the silence that is borne.
        (outgoing) => {
          stream(outgoing, event('ADDED', 'a', '11'));
          for (const [index, version] of ['12', '13', '14'].entries())
            setTimeout(() => outgoing.write(event('BOOKMARK', '', version)), 250 * (index + 1));
        },
        (outgoing) => stream(outgoing, event('ADDED', 'b', '15')),
      ],
      { watchSilenceMs: 500 },
    );
    const events = await take(api, 5, (error) => retries.push(error));
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK', 'BOOKMARK', 'BOOKMARK', 'ADDED']);
    expect(versions).toEqual(['10', '14']);
    expect(retries).toHaveLength(1);
    await api.close();
  });

  test('two bookmarks and a half are waited for: 150 seconds', () => {
    expect(openConnection(accessTo('https://127.0.0.1:1', { ca: '' }), { timing: fixedTiming }).watchSilenceMs).toBe(
      150_000,
    );
  });

  test('reconnects through 503 and 429, and stops at what does not pass', async () => {
    const retries: unknown[] = [];
    const { api } = await watchServer([
      (outgoing) => outgoing.writeHead(503).end(),
      (outgoing) => outgoing.writeHead(429, { 'retry-after': '1' }).end(),
      (outgoing) => stream(outgoing, event('ADDED', 'a', '11')).end(),
      (outgoing) => outgoing.writeHead(404).end(),
    ]);
    expect(await caught(take(api, 2, (error) => retries.push(error)))).toMatchObject({ code: 'API_NOT_FOUND' });
    expect(retries).toMatchObject([{ code: 'API_SERVER_ERROR' }, { code: 'API_THROTTLED' }]);
    await api.close();
  });

  test('a line that is not JSON or no event is an error, never skipped', async () => {
    for (const line of [
      '{"type":"ADDED",\n',
      '[1]\n',
      '{"type":"SURPRISE","object":{"metadata":{"resourceVersion":"11"}}}\n',
      '{"type":"ADDED","object":{}}\n',
    ]) {
      const { api } = await watchServer([(outgoing) => stream(outgoing, line)]);
      expect(await caught(take(api, 1))).toMatchObject({ code: 'API_ANSWER_INVALID' });
      await api.close();
    }
  });

  test('an error event is the error it carries', async () => {
    const status = { type: 'ERROR', object: { kind: 'Status', code: 500, message: 'etcd is away' } };
    const { api } = await watchServer([
      (outgoing) => stream(outgoing, `${JSON.stringify(status)}\n`),
      (outgoing) => stream(outgoing, event('ADDED', 'a', '11')),
    ]);
    const retries: unknown[] = [];
    await take(api, 1, (error) => retries.push(error));
    expect(retries).toMatchObject([{ code: 'API_SERVER_ERROR', params: { message: 'etcd is away' } }]);
    await api.close();
  });

  test('the caller’s signal ends a quiet watch with the caller’s reason', async () => {
    const { api } = await watchServer([(outgoing) => stream(outgoing, event('ADDED', 'a', '11'))]);
    const stop = new AbortController();
    const iterator = api
      .watch('/api/v1/nodes', { resourceVersion: '10', project: name, signal: stop.signal })
      [Symbol.asyncIterator]();
    await iterator.next();
    const next = iterator.next();
    stop.abort(new Error('Ctrl-C'));
    await expect(next).rejects.toThrow('Ctrl-C');
    await api.close();
  });
});
