import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { KubernetesApi } from '../api.ts';
import { createClient } from '../client.ts';
import { systemTiming } from '../timing.ts';
import { accessTo } from './access-to.ts';

/**
 * A fake: what answers exec on a loopback port, for what a real API server does seldom (a connection that is cut, a
 * proxy's page in its place). What real ones do is tested on a testbed.
 */
export interface FakeExecServer {
  readonly api: KubernetesApi;
  /** Of the last request. */
  readonly request: () => IncomingMessage | undefined;
}

export async function fakeExecServer(
  onUpgrade: (socket: Socket, request: IncomingMessage) => void,
): Promise<FakeExecServer> {
  let last: IncomingMessage | undefined;
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (request, socket: Socket) => {
    last = request;
    socket.on('error', () => undefined);
    onUpgrade(socket, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = createClient(accessTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { ca: '' }), {
    timing: systemTiming,
  });
  onTestFinished(async () => {
    await api.close();
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return { api, request: () => last };
}

/** The answer that changes the protocol (RFC 6455 section 4.2.2). */
export function acceptWebSocket(socket: Socket, { headers }: IncomingMessage, protocol: string): void {
  const accept = createHash('sha1')
    .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    `Sec-WebSocket-Protocol: ${protocol}`,
    '',
    '',
  ];
  socket.write(lines.join('\r\n'));
}

/** One binary message below 126 bytes, as a server sends it. */
export function webSocketMessage(channel: number, text: string): Buffer {
  const data = Buffer.from(text);
  return Buffer.concat([Buffer.of(0x82, data.length + 1, channel), data]);
}
