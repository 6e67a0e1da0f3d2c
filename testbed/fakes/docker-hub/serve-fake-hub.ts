import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { FakeHub, type FakeHubOptions } from './fake-hub.ts';
import { emptyLayer, makeImage } from './images.ts';

/** Certificate and key, PEM. */
interface Served {
  readonly certificate: string;
  readonly key: string;
}

export interface ServedHub {
  readonly hub: FakeHub;
  /** As references write it. */
  readonly registry: string;
}

/** The image that Docker sets aside for asking after the limit. */
export const previewImage = makeImage({ repository: 'ratelimitpreview/test', tag: 'latest', layer: emptyLayer });

/** The fake on a loopback port until the test ends. */
export async function serveFakeHub(options: Partial<FakeHubOptions> = {}, tls?: Served): Promise<ServedHub> {
  const scheme = tls ? 'https' : 'http';
  const hub = new FakeHub({
    realm: ({ headers }) => `${scheme}://${headers.host}/token`,
    images: [previewImage],
    anonymousLimit: 100,
    ...options,
  });
  return { hub, registry: await serveUntilTestEnds(hub.handle, tls) };
}

/** Any handler on a loopback port; @returns host and port. */
export async function serveUntilTestEnds(handle: RequestListener, tls?: Served): Promise<string> {
  const server: Server = tls
    ? createHttpsServer({ cert: tls.certificate, key: tls.key }, handle)
    : createHttpServer(handle);
  // A client that refuses the certificate ends the handshake.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
