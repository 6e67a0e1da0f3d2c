import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject, KubernetesApi } from './api.ts';
import { createClient } from './client.ts';
import type { Credentials } from './credentials.ts';
import { accessTo, type AccessParts } from './testing/access-to.ts';
import { createAuthority } from './testing/authority.ts';
import { caught } from './testing/caught.ts';
import { fixedTiming } from './testing/fixed-timing.ts';
import { httpsServer } from './testing/https-server.ts';

type Answer = (outgoing: ServerResponse, incoming: IncomingMessage) => void;

interface Served {
  readonly api: KubernetesApi;
  readonly asked: string[];
  readonly waits: number[];
}

/**
 * A server that gives the test's answers one after the other, the last one again and again; it is not an API server.
 */
async function served(
  answers: readonly Answer[],
  parts: Partial<AccessParts> = {},
  answerMs = 20_000,
): Promise<Served> {
  const authority = await createAuthority('test');
  const { certificate: cert, key } = await authority.issue({ commonName: 'server', ip: ['127.0.0.1'] });
  const asked: string[] = [];
  const waits: number[] = [];
  const url = await httpsServer({ cert, key }, (incoming, outgoing) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(`${incoming.method} ${incoming.headers.authorization ?? ''}`.trim());
    incoming.resume();
    answer?.(outgoing, incoming);
  });
  const timing = { ...fixedTiming, sleep: async (ms: number) => void waits.push(ms) };
  const api = createClient(accessTo(url, { ca: authority.certificate, ...parts }), {
    timing,
    silenceMs: 2_000,
    answerMs,
  });
  onTestFinished(() => api.close());
  return { api, asked, waits };
}

const raw = (object: JsonObject) => object;
const json = { 'content-type': 'application/json' };
const ok: Answer = (outgoing) => outgoing.writeHead(200, json).end('{"kind":"Node"}');
const fail =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (outgoing) =>
    outgoing.writeHead(status, headers).end();
const get = ({ api }: Served) => api.get('/api/v1/nodes/a', raw);
const patch = ({ api }: Served) => api.patch('/api/v1/nodes/a', {}, { type: 'merge', project: raw });
const nodeList =
  '{"kind":"NodeList","metadata":{"resourceVersion":"1"},' +
  `"items":[${Array.from({ length: 50 }, (_, n) => `{"metadata":{"name":"n${n}"}}`).join(',')}]}`;

describe('an answer that ends early is never a short list', () => {
  const cuts: readonly (readonly [string, Answer])[] = [
    [
      'less than its length',
      (outgoing) =>
        outgoing
          .writeHead(200, { ...json, 'content-length': String(nodeList.length) })
          .write(nodeList.slice(0, 700), () => outgoing.destroy()),
    ],
    [
      'chunked, without the last chunk',
      (outgoing) => outgoing.writeHead(200, json).write(nodeList.slice(0, 700), () => outgoing.destroy()),
    ],
    // Cut between two items by a proxy that then ends the answer properly.
    [
      'properly ended, JSON not closed',
      (outgoing) =>
        outgoing.writeHead(200, json).end(nodeList.slice(0, nodeList.indexOf(',{"metadata":{"name":"n20"'))),
    ],
    [
      'gzip without its end',
      (outgoing) =>
        outgoing.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(nodeList).subarray(0, 60)),
    ],
  ];
  test.each(cuts)('%s', async (_how, cut) => {
    const { api, asked } = await served([cut]);
    const error = await caught(api.list('/api/v1/nodes', { project: raw }));
    expect(error).toMatchObject({ code: 'API_CONNECTION_CUT', params: { path: '/api/v1/nodes' }, retryable: true });
    expect(asked.length).toBe(5);
  });

  test.each(cuts)('%s, and whole at the second time', async (_how, cut) => {
    const { api, asked } = await served([cut, (outgoing) => outgoing.writeHead(200, json).end(nodeList)]);
    expect((await api.list('/api/v1/nodes', { project: raw })).length).toBe(50);
    expect(asked.length).toBe(2);
  });

  test('a write that was cut is not sent again', async () => {
    const server = await served([(outgoing) => outgoing.destroy()]);
    expect(await caught(patch(server))).toMatchObject({ code: 'API_CONNECTION_CUT' });
    expect(server.asked.length).toBe(1);
  });
});

test('compressed answers are asked for and unpacked', async () => {
  const server = await served([
    (outgoing, incoming) =>
      outgoing
        .writeHead(200, { ...json, 'content-encoding': 'gzip' })
        .end(gzipSync(JSON.stringify({ asked: incoming.headers['accept-encoding'] ?? '' }))),
  ]);
  expect(await get(server)).toEqual({ asked: 'gzip' });
  const inCluster = await served(
    [
      (outgoing, incoming) =>
        outgoing.writeHead(200, json).end(JSON.stringify({ asked: incoming.headers['accept-encoding'] ?? '' })),
    ],
    { compress: false },
  );
  expect(await get(inCluster)).toEqual({ asked: '' });
});

describe('what is not a Kubernetes answer', () => {
  const strange: readonly (readonly [string, Answer, string])[] = [
    [
      'a login page',
      (outgoing) => outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'HTTP 200, text/html',
    ],
    [
      'a redirect to one',
      fail(302, { location: 'https://login.example.test/start?token=secret' }),
      'HTTP 302 to login.example.test',
    ],
    [
      'JSON that is not an object',
      (outgoing) => outgoing.writeHead(200, json).end('[]'),
      'JSON of another kind than was asked for',
    ],
    [
      'text that calls itself JSON',
      (outgoing) => outgoing.writeHead(200, json).end('{"a":x}'),
      'HTTP 200, application/json',
    ],
  ];
  test.each(strange)('%s', async (_what, answer, problem) => {
    expect(await caught(get(await served([answer])))).toMatchObject({
      code: 'API_ANSWER_INVALID',
      params: { problem },
    });
  });
});

describe('requests that are repeated', () => {
  test('429: also a write, as long as the server asks, up to four times', async () => {
    const server = await served([fail(429, { 'retry-after': '2' })]);
    expect(await caught(patch(server))).toMatchObject({
      code: 'API_THROTTLED',
      params: { seconds: 2 },
      retryable: true,
    });
    expect(server.waits).toEqual([2000, 2000, 2000, 2000]);
  });

  test('429 with a long wait: at once an error that says how long', async () => {
    const server = await served([fail(429, { 'retry-after': '120' })]);
    expect(await caught(get(server))).toMatchObject({ code: 'API_THROTTLED', params: { seconds: 120 } });
    expect(server.waits).toEqual([]);
  });

  test('503 of a restarting server: reads, with growing waits', async () => {
    const server = await served([fail(503), fail(502), fail(504), ok]);
    expect(await get(server)).toEqual({ kind: 'Node' });
    expect(server.waits).toEqual([250, 500, 1000]);
  });

  test('503: a write only when the server names a time', async () => {
    expect(await caught(patch(await served([fail(503), ok])))).toMatchObject({
      code: 'API_SERVER_ERROR',
      params: { status: 503 },
    });
    expect(await patch(await served([fail(503, { 'retry-after': '1' }), ok]))).toEqual({ kind: 'Node' });
  });

  test('500 is not', async () => {
    const server = await served([fail(500), ok]);
    expect(await caught(get(server))).toMatchObject({ code: 'API_SERVER_ERROR', params: { status: 500 } });
  });

  test('the caller’s signal ends the waiting with the caller’s reason', async () => {
    const { api } = await served([fail(503)]);
    await expect(api.get('/api/v1/nodes/a', raw, AbortSignal.abort(new Error('Ctrl-C')))).rejects.toThrow('Ctrl-C');
  });
});

describe('401', () => {
  const tokens = (...values: readonly string[]): Credentials => {
    let used = 0;
    return { current: async () => ({ token: values[used] ?? '' }), reject: () => ++used < values.length };
  };

  test('is asked again once with a fresh token', async () => {
    const fresh = await served([fail(401), ok], { credentials: tokens('old', 'new') });
    expect(await get(fresh)).toEqual({ kind: 'Node' });
    expect(fresh.asked).toEqual(['GET Bearer old', 'GET Bearer new']);
    const hopeless = await served([fail(401)], { credentials: tokens('old', 'new', 'newer') });
    expect(await caught(get(hopeless))).toMatchObject({ code: 'API_UNAUTHORIZED' });
    expect(hopeless.asked.length).toBe(2);
  });

  test('to a certificate that is expired by the server’s clock says so, whatever ours says', async () => {
    const notAfter = new Date(Date.now() + 3_600_000);
    const late: Answer = (outgoing) =>
      outgoing.writeHead(401, { date: new Date(Date.now() + 7_200_000).toUTCString() }).end();
    const expired = await served([late], { clientCertificateNotAfter: notAfter });
    expect(await caught(get(expired))).toMatchObject({
      code: 'API_CLIENT_CERTIFICATE_EXPIRED',
      params: { notAfter: notAfter.toISOString() },
    });
    const rotated = await served([fail(401)], { clientCertificateNotAfter: notAfter });
    expect(await caught(get(rotated))).toMatchObject({ code: 'API_UNAUTHORIZED' });
  });
});

test('a server below a path, as Rancher’s, keeps its path; impersonation goes along', async () => {
  const seen: unknown[] = [];
  const authority = await createAuthority('test');
  const { certificate: cert, key } = await authority.issue({ commonName: 'server', ip: ['127.0.0.1'] });
  const url = await httpsServer({ cert, key }, (incoming, outgoing) => {
    const {
      'impersonate-user': user,
      'impersonate-group': groups,
      'impersonate-extra-a%2fb': extra,
    } = incoming.headers;
    seen.push(incoming.url, user, groups, extra);
    outgoing.end('{}');
  });
  const impersonate = { user: 'jane', uid: undefined, groups: ['dev', 'ops'], extra: new Map([['A/b', ['x']]]) };
  const api = createClient(accessTo(`${url}/k8s/clusters/c-1/`, { ca: authority.certificate, impersonate }), {
    timing: fixedTiming,
  });
  await api.get('/version', raw);
  expect(seen).toEqual(['/k8s/clusters/c-1/version', 'jane', 'dev, ops', 'x']);
  await api.close();
});

describe('an answer that would not end', () => {
  const gzip = { ...json, 'content-encoding': 'gzip' };
  const mebibyte = Buffer.alloc(1024 * 1024, ' ');
  /** Writes for as long as anybody reads. */
  const endless =
    (piece: string | Buffer, pauseMs: number): Answer =>
    (outgoing) => {
      outgoing.writeHead(200, json);
      const more = (): void => {
        if (outgoing.destroyed) return;
        const sent = (): unknown => setTimeout(more, pauseMs);
        if (outgoing.write(piece)) sent();
        else outgoing.once('drain', sent);
      };
      more();
    };

  test('a few hundred kilobytes that unpack to hundreds of megabytes are refused in seconds, and asked for once', async () => {
    const bomb = gzipSync(Buffer.alloc(400 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(700 * 1024);
    const { api, asked } = await served([(outgoing) => outgoing.writeHead(200, gzip).end(bomb)]);
    const startedAt = performance.now();

    expect(await caught(api.list('/api/v1/pods', { project: raw }))).toMatchObject({
      code: 'API_ANSWER_TOO_LARGE',
      params: { path: '/api/v1/pods', megabytes: 128 },
    });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(asked).toHaveLength(1);
  });

  test('one without an end is left', async () => {
    const { api, asked } = await served([endless(mebibyte, 0)]);

    expect(await caught(get({ api } as Served))).toMatchObject({ code: 'API_ANSWER_TOO_LARGE' });
    expect(asked).toHaveLength(1);
  });

  test('one that drips in is left, though the server is never silent', async () => {
    const { api, asked } = await served([endless(' ', 20)], {}, 400);

    expect(await caught(get({ api } as Served))).toMatchObject({ code: 'API_TIMED_OUT', params: { seconds: 0.4 } });
    expect(asked).toHaveLength(1);
  });

  test('an error of a server is cut in the same way', async () => {
    const { api } = await served([(outgoing) => outgoing.writeHead(500, gzip).end(gzipSync(Buffer.alloc(2 ** 28)))]);

    expect(await caught(get({ api } as Served))).toMatchObject({ code: 'API_ANSWER_TOO_LARGE' });
  });

  test('a list whose pages go on for ever is left', async () => {
    const page = `{"kind":"NodeList","metadata":{"resourceVersion":"1","continue":"x"},"items":[]}`;
    const { api, asked } = await served([(outgoing) => outgoing.writeHead(200, json).end(page)]);

    expect(await caught(api.list('/api/v1/nodes', { project: raw }))).toMatchObject({ code: 'API_ANSWER_INVALID' });
    expect(asked.length).toBeLessThan(5);
  });

  test('a line of a watch that does not end is left', async () => {
    const { api } = await served([endless(mebibyte, 0)]);
    const events = api.watch('/api/v1/nodes', { resourceVersion: '1', project: raw });

    expect(await caught(events[Symbol.asyncIterator]().next())).toMatchObject({ code: 'API_ANSWER_TOO_LARGE' });
  });
});
