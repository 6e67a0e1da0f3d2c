import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { onTestFinished } from 'vitest';
import { createAuthority } from '../../../src/kubernetes/testing/authority.ts';
import { FakeHub, type FakeHubOptions } from './fake-hub.ts';
import { serveUntilTestEnds } from './serve-fake-hub.ts';

export interface FakeInternet {
  readonly hub: FakeHub;
  /** What a command finds it by. */
  readonly environment: { readonly HTTPS_PROXY: string };
  /** Names that were asked for, with their ports. */
  readonly asked: readonly string[];
}

/**
 * Registries under their real names, all of them the fake: a forward proxy on a loopback port leads each of these names to it,
 * and refuses all others, so that nothing leaves the machine. Trusted by this process until the test ends.
 */
export async function serveInternet(names: readonly string[], options: Pick<FakeHubOptions, 'images'> & Partial<FakeHubOptions>): Promise<FakeInternet> {
  const authority = await createAuthority(`authority of a test ${randomUUID()}`);
  const hub = new FakeHub({ realm: ({ headers }) => `https://${headers.host}/token`, anonymousLimit: 100, ...options });
  const registry = await serveUntilTestEnds(hub.handle, await authority.issue({ commonName: 'registries', dns: [...names] }));
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, authority.certificate]);
  onTestFinished(() => setDefaultCACertificates(trusted));
  const asked: string[] = [];
  const proxy = await startProxy((target) => {
    asked.push(target);
    return names.includes(target.replace(/:443$/u, '')) ? Number(registry.split(':')[1]) : undefined;
  });
  return { hub, environment: { HTTPS_PROXY: proxy }, asked };
}

/** A forward proxy that only opens tunnels (RFC 9110, 9.3.6). */
async function startProxy(portFor: (target: string) => number | undefined): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(400).end());
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  server.on('connect', (request, socket: Socket) => {
    const port = portFor(request.url ?? '');
    if (port === undefined) return void socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
