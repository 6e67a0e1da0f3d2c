import { expect, test } from 'vitest';
import { createAuthority } from '../kubernetes/testing/authority.ts';
import { queryPrometheus, type PrometheusAnswer, type PrometheusServer } from './query.ts';
import { alertsAnswer, failedAnswer, serveFakePrometheus } from './testing/fake-prometheus.ts';

const never = new AbortController().signal;

function ask(url: string, more: Partial<PrometheusServer> = {}): Promise<PrometheusAnswer> {
  const server = { url: new URL(url), ca: undefined, authorization: undefined, environment: {}, timeoutMs: 1_000 };
  return queryPrometheus({ ...server, ...more }, 'ALERTS', never);
}

test('one query, where the server is, with its credentials and without those of the URL', async () => {
  const body = alertsAnswer([{ alertname: 'EtcdDown' }]);
  const { url, asked } = await serveFakePrometheus(() => ({ body }));
  expect(await ask(`${url}/prometheus`, { authorization: 'Bearer t' })).toEqual({ known: true, body });
  expect(await ask(`${url.replace('//', '//kim@')}/`)).toEqual({ known: true, body });
  expect(asked).toEqual([
    { path: '/prometheus/api/v1/query', query: 'ALERTS', authorization: 'Bearer t' },
    { path: '/api/v1/query', query: 'ALERTS', authorization: undefined },
  ]);
});

test('an error that Prometheus itself tells is its answer', async () => {
  const { url } = await serveFakePrometheus(() => ({ status: 422, body: failedAnswer }));
  expect(await ask(url)).toEqual({ known: true, body: failedAnswer });
});

test.each([
  ['a login page', { status: 401, body: '<html>log in</html>' }, 'HTTP 401, and no answer of Prometheus'],
  ['JSON of somebody else', { status: 200, body: { message: 'hello' } }, 'HTTP 200, and no answer of Prometheus'],
  ['a redirect, with whatever in it', { status: 302, body: alertsAnswer([]) }, 'HTTP 302, and no answer of Prometheus'],
  ['half of an answer', { status: 200, body: '{"status":"succ' }, 'HTTP 200, and no answer of Prometheus'],
  ['more than alerts ever are', { status: 200, body: 'x'.repeat(5 * 1024 * 1024) }, 'its answer is longer than 4 MiB'],
])('%s is not known', async (_what, answer, reason) => {
  const { url } = await serveFakePrometheus(() => answer);
  expect(await ask(url)).toMatchObject({ known: false, reason });
});

test('a server that says nothing, drips, cuts or is not there is not waited for', async () => {
  const silent = await serveFakePrometheus(() => () => undefined);
  expect(await ask(silent.url, { timeoutMs: 200 })).toMatchObject({ known: false, reason: /^timeout/u });
  const dripping = await serveFakePrometheus(() => (_request, response) => {
    const drip = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(drip));
  });
  expect(await ask(dripping.url, { timeoutMs: 200 })).toMatchObject({
    known: false,
    reason: 'no whole answer in 0.6 s',
  });
  const cutting = await serveFakePrometheus(() => (request) => request.socket.destroy());
  expect(await ask(cutting.url)).toMatchObject({ known: false, reason: /^cut/u });
  expect(await ask('http://127.0.0.1:1')).toMatchObject({ known: false, reason: /^refused/u });
});

test('over TLS the named authority is trusted, and no other', async () => {
  const authority = await createAuthority('prometheus test authority');
  const issued = await authority.issue({ commonName: 'prometheus', ip: ['127.0.0.1'] });
  const { url, asked } = await serveFakePrometheus(() => ({ body: alertsAnswer([]) }), issued);
  expect(await ask(url, { authorization: 'Bearer t' })).toMatchObject({ known: false, reason: /^unknown-authority/u });
  expect(asked).toEqual([]);
  expect(await ask(url, { ca: authority.certificate })).toMatchObject({ known: true });
});

test('Ctrl-C ends it', async () => {
  const { url } = await serveFakePrometheus(() => () => undefined);
  const abort = new AbortController();
  const server = { url: new URL(url), ca: undefined, authorization: undefined, environment: {} };
  const answer = queryPrometheus(server, 'ALERTS', abort.signal);
  abort.abort(new Error('Ctrl-C'));
  await expect(answer).rejects.toThrow('Ctrl-C');
});
