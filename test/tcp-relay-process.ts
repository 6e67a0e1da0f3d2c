/**
 * Byte-transparent TCP relay in a process of its own: many loopback addresses in front of one server, each byte held
 * back for a while on its way. Arguments: port of the server, number of addresses, milliseconds each way. Prints the
 * port that it listens on, on every address from 127.9.0.1 on. Ends when standard input does.
 */
import { connect, createServer, type Socket } from 'node:net';
import { relayAddress } from './tcp-relay.ts';

const [server = 0, count = 1, delayMs = 0] = process.argv.slice(2).map(Number);

/** Keeps the order, and the end in its place. */
function forward(from: Socket, to: Socket): void {
  const later = (action: () => void): void => {
    if (delayMs > 0) setTimeout(action, delayMs);
    else action();
  };
  from.on('data', (chunk) => later(() => to.write(chunk)));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => later(() => to.destroy()));
}

function relay(client: Socket): void {
  client.setNoDelay(true);
  const upstream = connect({ host: '127.0.0.1', port: server, noDelay: true });
  forward(client, upstream);
  forward(upstream, client);
}

function listen(address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const listener = createServer({ allowHalfOpen: true }, relay);
    listener.once('error', reject);
    listener.listen({ host: address, port, backlog: 1024 }, () =>
      resolve((listener.address() as { readonly port: number }).port),
    );
  });
}

const port = await listen(relayAddress(0), 0);
for (let index = 1; index < count; index++) await listen(relayAddress(index), port);
process.stdout.write(`${port}\n`);
process.stdin.on('end', () => process.exit()).resume();
