import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from './api.ts';
import { createClient } from './client.ts';
import { accessTo, type AccessParts } from './testing/access-to.ts';
import { createAuthority, type Authority, type Issued, type Subject } from './testing/authority.ts';
import { caught } from './testing/caught.ts';
import { fixedTiming } from './testing/fixed-timing.ts';
import { httpsServer } from './testing/https-server.ts';

const raw = (object: JsonObject) => object;
/** Reads that were cut are tried again; nobody waits for that here. */
const impatient = { ...fixedTiming, sleep: () => Promise.resolve() };
const yesterday = new Date(Date.now() - 86_400_000);
let authority: Authority;
let serving: Issued;

beforeAll(async () => {
  authority = await createAuthority('cluster-ca');
  serving = await authority.issue({ commonName: 'server', ip: ['127.0.0.1'] });
});

/** What a client with these parts ends with when it asks this address. */
async function errorAt(url: string, parts: Partial<AccessParts> = {}) {
  const api = createClient(accessTo(url, { ca: authority.certificate, ...parts }), {
    timing: impatient,
    connectTimeoutMs: 300,
    silenceMs: 300,
  });
  onTestFinished(() => api.close());
  return caught(api.get('/version', raw));
}

/** A raw TCP server; the port is given, and every socket of it closed when the test ends. */
async function tcpServer(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

describe('server certificates', () => {
  const serve = async (subject: Subject, from: Authority = authority) => {
    const { certificate: cert, key } = await from.issue(subject);
    return httpsServer({ cert, key }, (_incoming, outgoing) => outgoing.end('{}'));
  };

  test('another authority, also one of the same name as after a rotation', async () => {
    for (const name of ['other-ca', 'cluster-ca']) {
      const url = await serve({ commonName: 'server', ip: ['127.0.0.1'] }, await createAuthority(name));
      const error = await errorAt(url);
      expect(error).toMatchObject({ code: 'API_CA_UNKNOWN', params: { server: url } });
      expect(error.params['problem']).not.toContain('--use-system-ca');
    }
  });

  test('another name; tls-server-name says which one to expect', async () => {
    const url = await serve({ commonName: 'server', dns: ['api.example.test', 'kubernetes'] });
    expect(await errorAt(url)).toMatchObject({
      code: 'API_HOSTNAME_MISMATCH',
      params: { server: url, host: '127.0.0.1', names: 'api.example.test, kubernetes' },
    });
    const api = createClient(
      accessTo(url, { ca: '', tls: { ca: authority.certificate, serverName: 'kubernetes', insecure: false } }),
      { timing: fixedTiming },
    );
    expect(await api.get('/version', raw)).toEqual({});
    await api.close();
  });

  test('expired, and not valid yet', async () => {
    const expired = await serve({
      commonName: 'server',
      ip: ['127.0.0.1'],
      notBefore: new Date(0),
      notAfter: yesterday,
    });
    expect(await errorAt(expired)).toMatchObject({
      code: 'API_SERVER_CERTIFICATE_EXPIRED',
      params: { problem: 'CERT_HAS_EXPIRED' },
    });
    const early = await serve({
      commonName: 'server',
      ip: ['127.0.0.1'],
      notBefore: new Date(Date.now() + 86_400_000),
    });
    expect(await errorAt(early)).toMatchObject({
      code: 'API_SERVER_CERTIFICATE_EXPIRED',
      params: { problem: 'CERT_NOT_YET_VALID' },
    });
  });

  test('insecure-skip-tls-verify takes any', async () => {
    const url = await serve({ commonName: 'server' }, await createAuthority('other-ca'));
    const api = createClient(accessTo(url, { ca: '', tls: { ca: undefined, serverName: undefined, insecure: true } }), {
      timing: fixedTiming,
    });
    expect(await api.get('/version', raw)).toEqual({});
    await api.close();
  });

  test('without an authority in the kubeconfig the system’s are trusted, and this one is not among them', async () => {
    const url = await serve({ commonName: 'server', ip: ['127.0.0.1'] });
    expect(await errorAt(url, { tls: { ca: undefined, serverName: undefined, insecure: false } })).toMatchObject({
      code: 'API_CA_UNKNOWN',
    });
  });
});

describe('client certificates', () => {
  /**
   * Answers a client's first bytes with one fatal TLS alert (RFC 8446 section 6), as a server does that checks
   * certificates in the handshake.
   */
  const alerting = async (description: number) =>
    'https://' +
    `127.0.0.1:${await tcpServer((socket) => socket.once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, description]))))}`;

  test('the alert “certificate expired” is told with the date', async () => {
    const error = await errorAt(await alerting(45), { clientCertificateNotAfter: yesterday });
    expect(error).toMatchObject({
      code: 'API_CLIENT_CERTIFICATE_EXPIRED',
      params: { user: 'tester', notAfter: yesterday.toISOString() },
    });
  });

  test('other alerts about it are told in their own words', async () => {
    const rejected = (problem: string) => ({
      code: 'API_CLIENT_CERTIFICATE_REJECTED',
      params: { user: 'tester', problem },
    });
    expect(await errorAt(await alerting(48))).toMatchObject(rejected('unknown ca'));
    expect(await errorAt(await alerting(42))).toMatchObject(rejected('bad certificate'));
    expect(await errorAt(await alerting(45))).toMatchObject(rejected('certificate expired'));
  });

  test('none where one is needed, from a server that insists', async () => {
    const options = {
      cert: serving.certificate,
      key: serving.key,
      ca: [authority.certificate],
      requestCert: true,
      rejectUnauthorized: true,
    };
    const url = await httpsServer(options, (_incoming, outgoing) => outgoing.end('{}'));
    expect(await errorAt(url)).toMatchObject({
      code: 'API_CLIENT_CERTIFICATE_REJECTED',
      params: { problem: 'certificate required' },
    });
    const certificate = await authority.issue({ commonName: 'admin' });
    const api = createClient(accessTo(url, { ca: authority.certificate, certificate }), { timing: fixedTiming });
    expect(await api.get('/version', raw)).toEqual({});
    await api.close();
  });

  test('an alert about the handshake itself is not blamed on the certificate', async () => {
    expect(await errorAt(await alerting(40))).toMatchObject({ code: 'API_UNREACHABLE' });
  });
});

describe('below TLS', () => {
  test('nobody listens', async () => {
    expect(await errorAt('https://127.0.0.1:1')).toMatchObject({
      code: 'API_REFUSED',
      params: { server: 'https://127.0.0.1:1' },
      retryable: true,
    });
  });

  test('a name that does not exist', async () => {
    expect(await errorAt('https://api.nodemend.invalid:6443')).toMatchObject({
      code: 'API_DNS_FAILED',
      params: { host: 'api.nodemend.invalid' },
    });
  });

  test('a server that accepts and never speaks', async () => {
    const port = await tcpServer(() => undefined);
    expect(await errorAt(`https://127.0.0.1:${port}`)).toMatchObject({
      code: 'API_TIMED_OUT',
      params: { seconds: 0.3 },
    });
  });

  test('a server that closes at once', async () => {
    const port = await tcpServer((socket) => socket.destroy());
    expect(await errorAt(`https://127.0.0.1:${port}`)).toMatchObject({
      code: 'API_CONNECTION_CUT',
      params: { path: '/version' },
    });
  });

  test('http where https is asked, and the other way round', async () => {
    const plain = createHttpServer((_incoming, outgoing) => outgoing.end('{}'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise((resolve) => plain.close(() => resolve())));
    const { port } = plain.address() as AddressInfo;
    expect(await errorAt(`https://127.0.0.1:${port}`)).toMatchObject({
      code: 'API_UNREACHABLE',
      params: { problem: expect.stringContaining('does not speak') },
    });
    const secure = await httpsServer({ cert: serving.certificate, key: serving.key }, (_incoming, outgoing) =>
      outgoing.end('{}'),
    );
    expect((await errorAt(secure.replace('https', 'http'))).code).toMatch(/API_UNREACHABLE|API_CONNECTION_CUT/);
  });
});

test('an answer that stops within its headers’ time is a timeout, with how long was waited', async () => {
  const url = await httpsServer({ cert: serving.certificate, key: serving.key }, () => undefined);
  expect(await errorAt(url)).toMatchObject({ code: 'API_TIMED_OUT', params: { server: url, seconds: 0.3 } });
});
