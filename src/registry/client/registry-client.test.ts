import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { emptyLayer, digestOf, makeImage } from '../../../testbed/fakes/docker-hub/images.ts';
import { previewImage, serveFakeHub, serveUntilTestEnds } from '../../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { createAuthority } from '../../kubernetes/testing/authority.ts';
import { isInvalid, parseReference, type ImageReference } from '../reference/image-reference.ts';
import { createRegistryClient, type ManifestAnswer, type RegistryClientOptions } from './registry-client.ts';

const never = new AbortController().signal;

function referenceTo(text: string): ImageReference {
  const reference = parseReference(text);
  if (isInvalid(reference)) throw new Error(reference.error);
  return reference;
}

/** Asks once, without TLS. */
async function head(image: string, options: Partial<RegistryClientOptions> = {}): Promise<ManifestAnswer> {
  const reference = referenceTo(image);
  const client = createRegistryClient({
    environment: {},
    plainHttp: new Set([reference.registry]),
    timeoutMs: 2_000,
    ...options,
  });
  onTestFinished(() => client.close());
  return client.headManifest(reference, never);
}

/** A server that keeps what it was asked, and answers as it is told. */
async function listener(
  answer: RequestListener,
): Promise<{ readonly registry: string; readonly asked: readonly IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const registry = await serveUntilTestEnds((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  return { registry, asked };
}

const account = { user: 'kim', password: 'a:b ü', limit: 200 };
const privateImage = makeImage({ repository: 'kim/app', tag: '1', layer: emptyLayer, private: true });

test('an image is found, with whose limit counts and what is left of it, and asking costs nothing', async () => {
  const { hub, registry } = await serveFakeHub();
  const rate = { limit: 100, remaining: 100, windowSeconds: 21_600, source: '127.0.0.1' };

  expect(await head(`${registry}/ratelimitpreview/test`)).toEqual({
    state: 'found',
    digest: digestOf(previewImage.manifest),
    rate,
  });
  expect(await head(`${registry}/ratelimitpreview/test@${digestOf(previewImage.manifest)}`)).toMatchObject({
    state: 'found',
    rate,
  });
  expect(hub.pulls.counted().size).toBe(0);
});

test("with a login the account counts; what is another's is denied, and what is not there absent", async () => {
  const { registry } = await serveFakeHub({ images: [previewImage, privateImage], accounts: [account] });
  const loginOf = (): typeof account => account;

  expect(await head(`${registry}/ratelimitpreview/test`, { loginOf })).toMatchObject({
    rate: { limit: 200, source: 'kim' },
  });
  expect(await head(`${registry}/kim/app:1`, { loginOf })).toMatchObject({ state: 'found' });
  expect(await head(`${registry}/kim/app:2`, { loginOf })).toEqual({ state: 'absent' });
  expect(await head(`${registry}/kim/app:1`)).toEqual({ state: 'denied', status: 401 });
  expect(await head(`${registry}/kim/app:1`, { loginOf: () => ({ user: 'kim', password: 'wrong' }) })).toEqual({
    state: 'denied',
    status: 401,
  });
});

test('a paid account has no limit that can be seen', async () => {
  const { registry } = await serveFakeHub({ accounts: [{ ...account, limit: undefined }] });

  expect(await head(`${registry}/ratelimitpreview/test`, { loginOf: () => account })).toEqual({
    state: 'found',
    digest: digestOf(previewImage.manifest),
  });
});

test('too many requests of any kind, at the token as at the image', async () => {
  const { hub, registry } = await serveFakeHub();
  hub.abuse = true;

  expect(await head(`${registry}/ratelimitpreview/test`)).toEqual({ state: 'limited' });
});

test('a token is asked for once for each repository', async () => {
  const tokens: string[] = [];
  const { hub } = await serveFakeHub();
  const { registry } = await listener((request, response) => {
    if (request.url?.startsWith('/token')) tokens.push(request.url);
    hub.handle(request, response);
  });
  const client = createRegistryClient({ environment: {}, plainHttp: new Set([registry]) });
  onTestFinished(() => client.close());
  for (const image of ['ratelimitpreview/test', 'ratelimitpreview/test', 'library/other'])
    await client.headManifest(referenceTo(`${registry}/${image}`), never);

  expect(tokens).toEqual([
    '/token?service=registry.docker.io&scope=repository%3Aratelimitpreview%2Ftest%3Apull',
    '/token?service=registry.docker.io&scope=repository%3Alibrary%2Fother%3Apull',
  ]);
});

test('a registry that only knows Basic gets the login only when it asks for it', async () => {
  const { registry, asked } = await listener((request, response) => {
    const known = request.headers.authorization === `Basic ${Buffer.from('kim:a:b ü').toString('base64')}`;
    response.writeHead(known ? 200 : 401, { 'www-authenticate': 'Basic realm="Registry"' }).end();
  });

  expect(await head(`${registry}/a/b`)).toEqual({ state: 'denied', status: 401 });
  expect(await head(`${registry}/a/b`, { loginOf: () => account })).toEqual({ state: 'found' });
  expect(asked.map(({ headers }) => headers.authorization !== undefined)).toEqual([false, false, true]);
});

test('where HEAD is not known, GET is asked', async () => {
  const { registry, asked } = await listener((request, response) =>
    response.writeHead(request.method === 'HEAD' ? 405 : 200).end('{}'),
  );

  expect(await head(`${registry}/a/b:1`)).toEqual({ state: 'found' });
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'HEAD /v2/a/b/manifests/1',
    'GET /v2/a/b/manifests/1',
  ]);
});

test('a redirect elsewhere gets no login; a long chain of them is refused', async () => {
  const elsewhere = await listener((_request, response) => response.writeHead(200).end());
  const { registry, asked } = await listener((request, response) => {
    if (request.headers.authorization === undefined)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    else if (request.url?.includes('/here/')) response.writeHead(307, { location: '/v2/a/there/manifests/1' }).end();
    else if (request.url?.includes('/loop/')) response.writeHead(302, { location: request.url }).end();
    else response.writeHead(307, { location: `http://${elsewhere.registry}/blob` }).end();
  });
  const loginOf = (): typeof account => account;

  expect(await head(`${registry}/a/here:1`, { loginOf })).toEqual({ state: 'found' });
  expect(asked.map(({ headers }) => headers.authorization !== undefined)).toEqual([false, true, true]);
  expect(elsewhere.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  await expect(head(`${registry}/a/loop:1`, { loginOf })).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
});

test('whoever a registry redirects to gets no login, whatever it says of where one goes', async () => {
  const thief = await listener((request, response) => {
    if (request.url?.startsWith('/token')) response.end('{"token":"x"}');
    else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` }).end();
  });
  const { registry } = await listener((_request, response) =>
    response.writeHead(307, { location: `http://${thief.registry}/v2/a/b` }).end(),
  );
  const client = createRegistryClient({ environment: {}, plainHttp: new Set([registry]), loginOf: () => account });
  onTestFinished(() => client.close());

  expect(await client.findLoginHost(referenceTo(`${registry}/a/b`), never)).toBeUndefined();
  expect(await client.headManifest(referenceTo(`${registry}/a/b`), never)).toEqual({ state: 'denied', status: 401 });
  expect(await client.checkLogin(registry, never)).toMatchObject({ state: 'refused' });
  expect(thief.asked.length).toBeGreaterThan(3);
  expect(thief.asked.map(({ headers, url }) => [url, headers.authorization ?? '-'])).not.toContainEqual([
    expect.anything(),
    expect.stringMatching(/^Basic/u),
  ]);
});

test.each(['file:///etc/shadow', 'ftp://registry.test/x', 'javascript:0', 'http://'])(
  'nobody is led to %s',
  async (location) => {
    const { registry, asked } = await listener((_request, response) => response.writeHead(307, { location }).end());
    await expect(head(`${registry}/a/b:1`)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
    expect(asked).toHaveLength(1);
  },
);

test.each([429, 503])('who says %i, and to come again in a year, is not waited for', async (status) => {
  for (const when of ['31536000', 'Wed, 01 Dec 2027 00:00:00 GMT', '-1', '9'.repeat(400)]) {
    const { registry, asked } = await listener((_request, response) =>
      response.writeHead(status, { 'retry-after': when }).end(),
    );
    const startedAt = performance.now();
    expect(await head(`${registry}/a/b:1`)).toMatchObject(
      status === 429 ? { state: 'limited' } : { state: 'failed', status },
    );
    expect([asked.length, performance.now() - startedAt < 5_000]).toEqual([1, true]);
  }
});

test('of a manifest, or a list of tags, without an end no more is taken than one may be', async () => {
  let sent = 0;
  const { registry } = await listener((_request, response) => {
    const more = (): void => {
      const piece = Buffer.alloc(64 * 1024, ' ');
      do sent += piece.length;
      while (!response.destroyed && sent < 1024 ** 3 && response.write(piece));
    };
    response.writeHead(200).on('drain', more);
    more();
  });
  const client = createRegistryClient({ environment: {}, plainHttp: new Set([registry]) });
  onTestFinished(() => client.close());

  await expect(client.getManifest(referenceTo(`${registry}/a/b:1`), never)).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER_INVALID',
  });
  expect(await client.findRepository(referenceTo(`${registry}/a/b`), never)).toMatchObject({ state: 'found' });
  // And what lies in buffers.
  expect(sent).toBeLessThan(32 * 1024 * 1024);
});

test.each([
  ['no JSON', 'OK'],
  ['no token', '{"tokn":"x"}'],
  ['an endless answer', 'x'.repeat(300_000)],
  ['a token that would split a header', '{"token":"a\\r\\nx: y"}'],
])('a token server that answers with %s is none', async (_name, body) => {
  const { registry } = await listener((request, response) => {
    if (request.url?.startsWith('/token')) response.end(body);
    else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` }).end();
  });

  await expect(head(`${registry}/a/b`)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
});

test.each(['the image', 'the token'])(
  'an answer that drips in is left, though the server is never silent: %s',
  async (what) => {
    const drip = (response: ServerResponse): void => {
      const timer = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(timer));
    };
    const { registry } = await listener((request, response) => {
      if (what === 'the image' || request.url?.startsWith('/token')) drip(response.writeHead(200));
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` }).end();
    });
    const startedAt = performance.now();

    await expect(head(`${registry}/a/b:1`, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      params: { context: 'timeout' },
    });
    expect(performance.now() - startedAt).toBeLessThan(5000);
  },
);

test('over TLS only what is trusted is asked, and its tokens never without TLS', async () => {
  const authority = await createAuthority('registries of a test');
  const served = await authority.issue({ commonName: 'registry', ip: ['127.0.0.1'] });
  const { registry } = await serveFakeHub({}, served);
  const unsafe = await serveFakeHub({ realm: ({ headers }) => `http://${headers.host}/token` }, served);
  const elsewhere = await serveFakeHub({}, await authority.issue({ commonName: 'registry', dns: ['other.test'] }));
  const tls = { plainHttp: new Set<string>(), ca: authority.certificate };

  expect(await head(`${registry}/ratelimitpreview/test`, tls)).toMatchObject({ state: 'found' });
  await expect(head(`${registry}/ratelimitpreview/test`, { plainHttp: new Set() })).rejects.toMatchObject({
    code: 'REGISTRY_UNTRUSTED',
  });
  await expect(head(`${elsewhere.registry}/ratelimitpreview/test`, tls)).rejects.toMatchObject({
    code: 'REGISTRY_UNTRUSTED',
    params: { context: 'hostname', names: 'other.test', problem: 'it is for other.test' },
  });
  await expect(
    head(`${unsafe.registry}/ratelimitpreview/test`, { ...tls, loginOf: () => account }),
  ).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
});

test('what keeps a registry from being asked has its own name', async () => {
  const silent = await listener(() => undefined);
  const closed = await serveUntilTestEnds(() => undefined).then((registry) => registry.replace(/\d+$/u, '1'));

  await expect(head(`${closed}/a/b`)).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    params: { context: 'refused', host: closed },
  });
  await expect(head('registry.invalid/a/b')).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    params: { context: 'lookup' },
  });
  await expect(head(`${silent.registry}/a/b`, { timeoutMs: 300 })).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    params: { context: 'timeout' },
  });
  await expect(head(`${silent.registry}/a/b`, { plainHttp: new Set(), timeoutMs: 300 })).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
  });
});

test('Ctrl-C ends the wait', async () => {
  const { registry } = await listener(() => undefined);
  const interrupt = new AbortController();
  const client = createRegistryClient({ environment: {}, plainHttp: new Set([registry]) });
  onTestFinished(() => client.close());
  const asked = client.headManifest(referenceTo(`${registry}/a/b`), interrupt.signal);
  interrupt.abort(new Error('interrupted'));

  await expect(asked).rejects.toThrow('interrupted');
});

test('where a login would go is known before there is one, and it goes nowhere else', async () => {
  const { registry, hub } = await serveFakeHub({ accounts: [account] });
  const basicOnly = await listener((_request, response) =>
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
  );
  const open = await listener((_request, response) => response.writeHead(200).end());
  const elsewhere = await listener((_request, response) =>
    response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${registry}/token"` }).end(),
  );
  const findLoginHost = (place: string): Promise<string | undefined> => {
    const client = createRegistryClient({ environment: {}, plainHttp: new Set([place]) });
    onTestFinished(() => client.close());
    return client.findLoginHost(referenceTo(`${place}/ratelimitpreview/test`), never);
  };

  expect(await findLoginHost(registry)).toBe(registry);
  expect(await findLoginHost(elsewhere.registry)).toBe(registry);
  expect(await findLoginHost(basicOnly.registry)).toBe(basicOnly.registry);
  expect(await findLoginHost(open.registry)).toBeUndefined();
  expect(basicOnly.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  const loginOf = (): typeof account => account;
  expect(await head(`${registry}/ratelimitpreview/test`, { loginOf, loginHosts: new Set([registry]) })).toMatchObject({
    state: 'found',
    rate: { source: 'kim' },
  });
  await expect(
    head(`${elsewhere.registry}/a/b`, { loginOf, loginHosts: new Set([elsewhere.registry]) }),
  ).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  await expect(head(`${basicOnly.registry}/a/b`, { loginOf, loginHosts: new Set() })).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER_INVALID',
  });
  expect(basicOnly.asked.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  expect(hub.pulls.counted().size).toBe(0);
});

test('a login is checked without an image', async () => {
  const { hub, registry } = await serveFakeHub({ accounts: [account] });
  const check = async (password: string): Promise<unknown> => {
    const client = createRegistryClient({
      environment: {},
      plainHttp: new Set([registry]),
      timeoutMs: 2_000,
      loginOf: () => ({ user: 'kim', password }),
    });
    onTestFinished(() => client.close());
    return client.checkLogin(registry, never);
  };

  expect(await check(account.password)).toEqual({ state: 'accepted' });
  expect(await check('wrong')).toEqual({ state: 'refused', status: 401 });
  hub.abuse = true;
  expect(await check(account.password)).toEqual({ state: 'failed', status: 429 });
});

test('of a registry that asks nobody nothing is known of the login, and none is sent', async () => {
  const { registry, asked } = await listener((_, response) => response.writeHead(200).end('{}'));
  const client = createRegistryClient({
    environment: {},
    plainHttp: new Set([registry]),
    timeoutMs: 2_000,
    loginOf: () => account,
  });
  onTestFinished(() => client.close());

  expect(await client.checkLogin(registry, never)).toEqual({ state: 'not-asked' });
  expect(asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});
