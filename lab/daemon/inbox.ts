import type { Server } from 'node:net';
import type { FromDaemon, ToDaemon } from './messages.ts';

/** Listening sockets on the machine's loopback, handed over by the command that started the lab. */
export interface Listeners {
  readonly api: Server;
  /** By node index. */
  readonly nodes: readonly Server[];
}

/**
 * Receives the listeners. A command that dies before the lab is up takes the daemon with it, so a killed `up` leaves
 * nothing running.
 */
export function receiveListeners(): Promise<Listeners> {
  process.once('disconnect', exitWhenAbandoned);
  return new Promise((resolve, reject) => {
    let api: Server | undefined;
    const nodes: Server[] = [];
    process.on('message', (message: ToDaemon, server: Server | undefined) => {
      if (message.kind === 'begin') {
        if (api) resolve({ api, nodes });
        else reject(new Error('no listener for the API server'));
      } else if (!server) reject(new Error(`no listener came with ${message.kind}`));
      else if (message.kind === 'api-listener') api = server;
      else nodes[message.index] = server;
    });
  });
}

function exitWhenAbandoned(): void {
  process.exit(1);
}

export function tell(message: FromDaemon): void {
  // A command that is gone is noticed by its disconnect, not here.
  process.send?.(message, () => undefined);
}

/** From here on the lab stays up without the command. */
export function becomeIndependent(): void {
  process.off('disconnect', exitWhenAbandoned);
  tell({ kind: 'ready' });
}
