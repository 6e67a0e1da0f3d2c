import type { RequestListener } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { closeServer } from './replay-server.ts';

/** A real HTTPS server on a loopback port, for what happens on the connection; it is closed when the test ends. */
export async function httpsServer(options: ServerOptions, listener: RequestListener): Promise<string> {
  const server = createServer(options, listener);
  // A client that refuses the certificate ends the handshake: that is the test.
  server.on('tlsClientError', () => undefined);
  // `closeAllConnections` knows only those that came as far as HTTP.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    sockets.forEach((socket) => socket.destroy());
    await closeServer(server);
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
