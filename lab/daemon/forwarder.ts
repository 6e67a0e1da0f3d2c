import { connect, type Server, type Socket } from 'node:net';

/**
 * Hands connections from a listener on the machine's loopback to an address inside the lab, byte for byte, each
 * direction closed on its own. A node that does not answer resets the connection.
 */
export function forward(listener: Server | undefined, host: string, port: number): void {
  if (!listener) return;
  // @types/node does not know the property; it is what createServer's option of the same name sets.
  Object.assign(listener, { allowHalfOpen: true });
  listener.on('connection', (client: Socket) => {
    const node = connect({ host, port, allowHalfOpen: true, noDelay: true });
    client.setNoDelay(true);
    client.on('error', () => node.destroy());
    node.on('error', () => client.resetAndDestroy());
    client.pipe(node);
    node.pipe(client);
  });
}
