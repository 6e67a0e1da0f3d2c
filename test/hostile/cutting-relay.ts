import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A byte-transparent TCP relay in front of an API server, which resets connections in the middle of an answer. */
export interface CuttingRelay {
  /** `https://127.0.0.1:port`; the server's certificate is seen through it. */
  readonly url: string;
  /**
   * After how many bytes from the server a connection is reset, by its number since this was set, 1 for the first;
   * undefined: never.
   */
  cutAfter: (connection: number) => number | undefined;
  /** How many connections were reset, since `cutAfter` was set. */
  readonly cuts: () => number;
  readonly close: () => Promise<void>;
}

export async function startCuttingRelay(target: URL): Promise<CuttingRelay> {
  let rule: CuttingRelay['cutAfter'] = () => undefined;
  let [connections, cuts] = [0, 0];
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const limit = rule(++connections) ?? Infinity;
    const upstream = connect({ host: target.hostname, port: Number(target.port), noDelay: true, allowHalfOpen: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => open.delete(socket));
    }
    client.pipe(upstream);
    let received = 0;
    upstream.on('end', () => client.end());
    upstream.on('data', (bytes: Buffer) => {
      received += bytes.length;
      client.write(bytes.subarray(0, Math.max(0, limit - (received - bytes.length))));
      if (received < limit) return;
      cuts++;
      // What was written still arrives, and then the connection is gone.
      client.destroySoon();
      upstream.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cutAfter() {
      return rule;
    },
    set cutAfter(next) {
      rule = next;
      [connections, cuts] = [0, 0];
    },
    cuts: () => cuts,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
