import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A forward proxy on a loopback port until the test ends. It only opens tunnels (RFC 9110, 9.3.6), to where `placeOf`
 * says (`host:port`); what that does not know is refused, so that nothing leaves the machine.
 */
export async function serveForwardProxy(placeOf: (target: string) => string | undefined): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(400).end());
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  server.on('connect', (request, socket: Socket) => {
    const [host = '', port = ''] = placeOf(request.url ?? '')?.split(':') ?? [];
    if (port === '') return void socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    const upstream = connect(Number(port), host, () => {
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
