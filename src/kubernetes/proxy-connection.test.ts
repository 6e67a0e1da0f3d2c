import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { errorText } from '../errors/text.ts';
import { createClient } from './client.ts';
import { createAuthority, type Authority, type Issued } from './testing/authority.ts';
import { accessTo } from './testing/access-to.ts';
import { caught } from './testing/caught.ts';
import { fixedTiming } from './testing/fixed-timing.ts';
import { httpsServer } from './testing/https-server.ts';

let authority: Authority;
let serving: Issued;
let api: string;

beforeAll(async () => {
  authority = await createAuthority('cluster-ca');
  serving = await authority.issue({ commonName: 'server', ip: ['127.0.0.1'], dns: ['api.example.test'] });
});

/** What the client gets from the server when it goes by this proxy. */
async function getBy(proxy: string, server = api): Promise<unknown> {
  const client = createClient(
    accessTo(server, { ca: authority.certificate, token: 'api-token', proxy: new URL(proxy) }),
    { timing: fixedTiming, connectTimeoutMs: 2_000 },
  );
  onTestFinished(() => client.close());
  return client.get('/version', (raw) => raw);
}

async function startServer(): Promise<void> {
  api = await httpsServer({ cert: serving.certificate, key: serving.key }, (incoming, outgoing) =>
    outgoing.end(JSON.stringify({ authorization: incoming.headers.authorization })),
  );
}

async function listening(server: Server | ReturnType<typeof createServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

interface Tunnels {
  readonly server: Server;
  readonly asked: { readonly target: string | undefined; readonly authorization: string | undefined }[];
}

/** A forward proxy that opens tunnels (RFC 9110 section 9.3.6) to the test's server, whatever name it is asked for. */
function tunnels(make: (listener: RequestListener) => Server, refuseWith?: number): Tunnels {
  const asked: Tunnels['asked'] = [];
  const server = make((_incoming, outgoing) => outgoing.writeHead(400).end());
  server.on('connect', (incoming, socket: Socket) => {
    asked.push({ target: incoming.url, authorization: incoming.headers['proxy-authorization'] });
    if (refuseWith !== undefined) return void socket.end(`HTTP/1.1 ${refuseWith} No\r\ncontent-length: 0\r\n\r\n`);
    const upstream = connect(Number(new URL(api).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
  });
  return { server, asked };
}

describe('by a proxy', () => {
  test('an http proxy: tunnel, its own password, TLS with the server inside', async () => {
    await startServer();
    const { server, asked } = tunnels((listener) => createHttpServer(listener));
    const port = await listening(server);
    // The name exists only for the proxy: it is never looked up here.
    expect(await getBy(`http://joe:s%40crt@127.0.0.1:${port}`, 'https://api.example.test:6443')).toEqual({
      authorization: 'Bearer api-token',
    });
    expect(asked).toEqual([
      { target: 'api.example.test:6443', authorization: `Basic ${Buffer.from('joe:s@crt').toString('base64')}` },
    ]);
  });

  test('a proxy that refuses: its status, and no password in the error', async () => {
    await startServer();
    const { server } = tunnels((listener) => createHttpServer(listener), 403);
    const error = await caught(getBy(`http://joe:secret@127.0.0.1:${await listening(server)}`));
    expect(error).toMatchObject({
      code: 'API_PROXY_FAILED',
      params: { server: api, problem: expect.stringContaining('403'), context: 'refusal' },
    });
    expect(JSON.stringify([error.message, error.params])).not.toContain('secret');
  });

  test('a proxy that asks for a login', async () => {
    await startServer();
    const { server } = tunnels((listener) => createHttpServer(listener), 407);
    const error = await caught(getBy(`http://127.0.0.1:${await listening(server)}`));
    expect(error).toMatchObject({ code: 'API_PROXY_FAILED', params: { context: 'login' } });
    expect(errorText('en', 'API_PROXY_FAILED', error.params).next).toContain('http://USER:PASSWORD@HOST:PORT');
  });

  test('a proxy that is not there, and one that hangs up', async () => {
    await startServer();
    expect(await caught(getBy('http://127.0.0.1:1'))).toMatchObject({
      code: 'API_PROXY_FAILED',
      params: { proxy: 'http://127.0.0.1:1', context: 'absent' },
    });
    const rude = await listening(createServer((socket) => void socket.destroy()));
    expect(await caught(getBy(`http://127.0.0.1:${rude}`))).toMatchObject({ code: 'API_PROXY_FAILED' });
    expect(await caught(getBy('http://proxy.nodemend.invalid:3128'))).toMatchObject({ code: 'API_PROXY_FAILED' });
  });

  test('the server is checked as without a proxy', async () => {
    await startServer();
    const { server } = tunnels((listener) => createHttpServer(listener));
    const port = await listening(server);
    expect(await caught(getBy(`http://127.0.0.1:${port}`, 'https://other.example.test:6443'))).toMatchObject({
      code: 'API_HOSTNAME_MISMATCH',
    });
  });

  test('an https proxy: its certificate must be one that this machine trusts', async () => {
    await startServer();
    const company = await createAuthority('company-ca');
    const { certificate: cert, key } = await company.issue({
      commonName: 'proxy',
      ip: ['127.0.0.1'],
      dns: ['localhost'],
    });
    const { server, asked } = tunnels((listener) => createHttpsServer({ cert, key }, listener));
    const port = await listening(server);
    expect(await caught(getBy(`https://localhost:${port}`))).toMatchObject({
      code: 'API_PROXY_FAILED',
      params: { problem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    });

    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, company.certificate]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    expect(await getBy(`https://localhost:${port}`)).toEqual({ authorization: 'Bearer api-token' });
    expect(asked.map(({ target }) => target)).toEqual([new URL(api).host]);
  });

  test('a SOCKS5 proxy, names resolved by it', async () => {
    await startServer();
    const { port, asked } = await socks5();
    expect(await getBy(`socks5://127.0.0.1:${port}`, 'https://api.example.test:6443')).toEqual({
      authorization: 'Bearer api-token',
    });
    expect(asked).toEqual(['api.example.test:6443']);
  });

  test('a SOCKS5 proxy that is not there', async () => {
    await startServer();
    expect(await caught(getBy('socks5://127.0.0.1:1'))).toMatchObject({ code: 'API_PROXY_FAILED' });
  });
});

/**
 * The part of RFC 1928 that is needed: no authentication, CONNECT, domain names; every name leads to the test's server.
 */
async function socks5(): Promise<{ readonly port: number; readonly asked: string[] }> {
  const asked: string[] = [];
  const port = await listening(
    createServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', (request: Buffer) => {
          const length = request[4] ?? 0;
          asked.push(`${request.subarray(5, 5 + length).toString()}:${request.readUInt16BE(5 + length)}`);
          const upstream = connect(Number(new URL(api).port), '127.0.0.1', () => {
            socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
            upstream.pipe(socket).pipe(upstream);
          });
          upstream.on('error', () => socket.destroy());
        });
      });
    }),
  );
  return { port, asked };
}
