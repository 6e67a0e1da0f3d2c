import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for one of so many places of that name, and holds it until it is closed. A place is a name in the kernel's
 * abstract namespace of sockets (unix(7)): who holds one is alive, and it is free when its process is gone, however.
 */
export async function takePlace(name: string, places: number): Promise<Server> {
  for (;;) {
    for (let place = 1; place <= places; place += 1) {
      const held = await hold(`\0${name}-${place}`);
      if (held !== undefined) return held;
    }
    await sleep(100);
  }
}

function hold(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => resolve(server));
  });
}
