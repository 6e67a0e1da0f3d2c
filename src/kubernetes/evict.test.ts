import { describe, expect, test } from 'vitest';
import type { Json } from './api.ts';
import { createClient } from './client.ts';
import { accessTo } from './testing/access-to.ts';
import { createAuthority } from './testing/authority.ts';
import { caught } from './testing/caught.ts';
import { fixedTiming } from './testing/fixed-timing.ts';
import { httpsServer } from './testing/https-server.ts';
import { readRequest } from './testing/replay-server.ts';
import { replay } from './testing/replay.ts';

test('each answer of a recorded kube-apiserver becomes the outcome that a drain acts on', async () => {
  const api = (await replay('evictions'))('admin');
  const evict = (pod: string, options = {}) => api.evict('drained', pod, options);
  expect(await evict('guarded')).toEqual({
    outcome: 'budget',
    message: 'The disruption budget guard needs 1 healthy pods and has 1 currently',
    retryAfterSeconds: undefined,
  });
  expect(await evict('doubled')).toEqual({
    outcome: 'misconfigured',
    message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support',
  });
  expect(await evict('stale')).toEqual({
    outcome: 'budget',
    message: 'The disruption budget stale is still being processed by the server',
    retryAfterSeconds: 10,
  });
  expect(await evict('free', { dryRun: true })).toEqual({ outcome: 'evicted' });
  expect(await evict('free', { uid: '00000000-0000-0000-0000-000000000000' })).toEqual({ outcome: 'gone' });
  expect(await evict('free', { gracePeriodSeconds: 0 })).toEqual({ outcome: 'evicted' });
  expect(await evict('free')).toEqual({ outcome: 'gone' });
});

const status = (code: number, message: string, details: Json = {}) => ({
  code,
  body: { kind: 'Status', message, code, details },
});

describe('answers that one machine cannot record, from a server of the test', () => {
  const cases = [
    {
      answer: { ...status(429, 'slow down'), retryAfter: '3' },
      outcome: { outcome: 'throttled', retryAfterSeconds: 3 },
    },
    {
      answer: status(504, 'conflicts', { retryAfterSeconds: 10 }),
      outcome: { outcome: 'throttled', retryAfterSeconds: 10 },
    },
    {
      answer: status(403, 'pdb disruptions allowed is negative', { kind: 'poddisruptionbudgets' }),
      outcome: { outcome: 'misconfigured', message: 'pdb disruptions allowed is negative' },
    },
    {
      answer: status(
        403,
        'pods "a" is forbidden: User "x" cannot create resource "pods/eviction" in API group "" in the namespace "n"',
      ),
      error: 'API_FORBIDDEN',
    },
    { answer: status(409, 'the object has been modified'), error: 'API_CONFLICT' },
    { answer: status(500, 'etcd is away'), error: 'API_SERVER_ERROR' },
  ];
  test.each(cases)('$answer.code $answer.body.message', async ({ answer, outcome, error }) => {
    const { api } = await evictionServer('v1', answer);
    const evicting = api.evict('n', 'a', {});
    if (outcome) expect(await evicting).toEqual(outcome);
    else expect(await caught(evicting)).toMatchObject({ code: error });
    await api.close();
  });

  test('a server before 1.22 gets policy/v1beta1, and its version is asked for once', async () => {
    const { api, requests } = await evictionServer('v1beta1', status(429, 'slow down'));
    await Promise.all([api.evict('n', 'a', {}), api.evict('n', 'b', { uid: 'u', dryRun: true })]);
    expect(requests.filter(({ target }) => target === '/api/v1').length).toBe(1);
    expect(requests.find(({ target }) => target.endsWith('/b/eviction'))?.body).toEqual({
      apiVersion: 'policy/v1beta1',
      kind: 'Eviction',
      metadata: { namespace: 'n', name: 'b' },
      deleteOptions: { dryRun: ['All'], preconditions: { uid: 'u' } },
    });
    await api.close();
  });

  test('a server without evictions is an error, and is asked again the next time', async () => {
    const { api, requests } = await evictionServer(undefined, status(500, ''));
    expect(await caught(api.evict('n', 'a', {}))).toMatchObject({
      code: 'API_NOT_FOUND',
      params: { path: '/api/v1/pods/eviction' },
    });
    await caught(api.evict('n', 'a', {}));
    expect(requests.length).toBe(2);
    await api.close();
  });
});

interface Refusal {
  readonly code: number;
  readonly body: Json;
  readonly retryAfter?: string;
}

async function evictionServer(version: string | undefined, { code, body, retryAfter }: Refusal) {
  const authority = await createAuthority('test');
  const { certificate: cert, key } = await authority.issue({ commonName: 'server', ip: ['127.0.0.1'] });
  const requests: { readonly target: string; readonly body?: Json }[] = [];
  const url = await httpsServer({ cert, key }, (incoming, outgoing) => {
    void readRequest(incoming).then((request) => {
      requests.push(request);
      const discovery = incoming.url === '/api/v1';
      const resources = version === undefined ? [] : [{ name: 'pods/eviction', group: 'policy', version }];
      outgoing.writeHead(discovery ? 200 : code, {
        'content-type': 'application/json',
        ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
      });
      outgoing.end(JSON.stringify(discovery ? { resources } : body));
    });
  });
  return { api: createClient(accessTo(url, { ca: authority.certificate }), { timing: fixedTiming }), requests };
}
