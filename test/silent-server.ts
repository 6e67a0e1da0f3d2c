import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface SilentServer {
  readonly port: number;
  /** Open now, and at most. */
  readonly connections: () => number;
  readonly mostConnections: () => number;
  readonly close: () => Promise<void>;
}

/** Takes connections and never says a word, like a host whose sshd hangs; or says one thing and closes. */
export async function startSilentServer(lastWords = ''): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  let most = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    most = Math.max(most, sockets.size);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    // What is not read is not seen to end either.
    socket.resume();
    if (lastWords !== '') socket.end(lastWords);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => sockets.size,
    mostConnections: () => most,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Listens, takes no connection, and ends with its standard input. Node would take them all. */
const listener =
  'my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die $!; $| = 1; print $s->sockport, "\\n"; <STDIN>;';

/**
 * A port on which nothing is answered at all, as behind a security group that drops packets: the queue of its listener
 * is full, so the kernel drops every further SYN.
 */
export async function startBlackHole(): Promise<Pick<SilentServer, 'port' | 'close'>> {
  const child = spawn('perl', ['-MIO::Socket::INET', '-e', listener], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const port = Number(value);
  const sockets: Socket[] = [];
  for (let connected = true; connected;) {
    const socket = connect({ port, host: '127.0.0.1' });
    sockets.push(socket);
    socket.on('error', () => undefined);
    connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, 300, false)),
    ]);
  }
  return {
    port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      child.stdin.end();
      await exited;
    },
  };
}
