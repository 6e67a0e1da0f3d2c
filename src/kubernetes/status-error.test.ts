import { describe, expect, test } from 'vitest';
import { errorText } from '../errors/text.ts';
import type { JsonObject } from './api.ts';
import { readStatus, statusError } from './status-error.ts';
import { accessTo } from './testing/access-to.ts';
import { caught } from './testing/caught.ts';
import { replay } from './testing/replay.ts';

const raw = (object: JsonObject) => object;

describe('refusals of a recorded kube-apiserver', () => {
  test('401 names the user and what a rotation of certificates does', async () => {
    const api = (await replay('unauthorized'))('stranger');
    const error = await caught(api.get('/version', raw));
    expect(error).toMatchObject({ code: 'API_UNAUTHORIZED', params: { user: 'stranger' } });
    expect(errorText('en', error.code, error.params).next).toContain('rotation');
    expect(await caught(api.list('/api/v1/nodes', { project: raw }))).toMatchObject({ code: 'API_UNAUTHORIZED' });
  });

  test('403 says who cannot do what, and where', async () => {
    const api = (await replay('forbidden'))('reader');
    const denied = (verb: string, resource: string) => ({
      code: 'API_FORBIDDEN',
      params: { user: 'reader', verb, resource },
    });
    expect(await caught(api.list('/api/v1/secrets', { project: raw }))).toMatchObject(denied('list', 'secrets'));
    expect(await caught(api.get('/api/v1/namespaces/kube-system/secrets/any', raw))).toMatchObject(
      denied('get', 'secrets -n kube-system'),
    );
    expect(await caught(api.get('/metrics', raw))).toMatchObject(denied('get', '/metrics'));
    const cordon = api.patch(
      '/api/v1/nodes/worker-1',
      { spec: { unschedulable: true } },
      { type: 'merge', project: raw },
    );
    expect(await caught(cordon)).toMatchObject(denied('patch', 'nodes'));
    const watching = api.watch('/api/v1/configmaps', { resourceVersion: '1', timeoutSeconds: 5, project: raw });
    expect(await caught(watching[Symbol.asyncIterator]().next())).toMatchObject(denied('watch', 'configmaps'));
  });

  test('a 403 of an admission rule is not a matter of roles', async () => {
    const api = (await replay('admission-denied'))('admin');
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'root' },
      spec: { hostPID: true, containers: [{ name: 'a', image: 'busybox' }] },
    };
    const error = await caught(api.create('/api/v1/namespaces/guarded/pods', pod, raw));
    expect(error).toMatchObject({ code: 'API_REJECTED', params: { status: 403 } });
    expect(error.params['message']).toContain('violates PodSecurity "restricted:latest"');
  });

  test('what the server cannot take is told in its own words', async () => {
    const api = (await replay('invalid-object'))('admin');
    const invalid = api.create(
      '/api/v1/namespaces',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'Not_A_Name' } },
      raw,
    );
    expect(await caught(invalid)).toMatchObject({ code: 'API_REJECTED', params: { status: 422 } });
    const wrongKind = api.create(
      '/api/v1/namespaces',
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'wrong-kind' } },
      raw,
    );
    expect(await caught(wrongKind)).toMatchObject({ code: 'API_REJECTED', params: { status: 400 } });
  });
});

describe('answers that are not Status', () => {
  const access = accessTo('https://api.example.test:6443', { ca: '' });
  const errorOf = (
    status: number,
    body: JsonObject | string | undefined,
    path = '/api/v1/nodes',
    method: 'GET' | 'DELETE' = 'GET',
  ) => statusError(readStatus(status, body), { method, path }, access);

  test('a bare 403 is told from the request', () => {
    expect(errorOf(403, undefined)).toMatchObject({
      code: 'API_FORBIDDEN',
      params: { user: 'tester', verb: 'list', resource: 'nodes' },
    });
    expect(errorOf(403, undefined, '/api/v1/namespaces/a/pods/b', 'DELETE')).toMatchObject({
      params: { verb: 'delete', resource: 'pods -n a' },
    });
  });

  test('a text is repeated on one line, without what a terminal would act on', () => {
    expect(errorOf(502, '\u001b[31mbad\u001b[0m\r\ngateway\n\u202e')).toMatchObject({
      code: 'API_SERVER_ERROR',
      params: { status: 502, message: String.raw`[31mbad [0m gateway \u202e` },
    });
    expect(String(errorOf(500, 'x'.repeat(5000)).params['message']).length).toBe(400);
  });

  test('waiting times: the header goes before the body, dates and nonsense count as none', () => {
    expect(readStatus(429, { kind: 'Status', details: { retryAfterSeconds: 7 } }, '3').retryAfterSeconds).toBe(3);
    expect(
      readStatus(429, { kind: 'Status', details: { retryAfterSeconds: 7 } }, 'Wed, 21 Oct 2026 07:28:00 GMT')
        .retryAfterSeconds,
    ).toBe(7);
    expect(readStatus(429, undefined, '-1').retryAfterSeconds).toBe(undefined);
  });
});
