import { createServer, type Server } from 'node:net';
import { NodemendError } from '../src/errors/nodemend-error.ts';
import { apiAddress, firstSlot, labAddress, lastSlot } from './cluster/addresses.ts';

/** A lab's listening sockets on the machine's loopback; holding them is what reserves its network. */
export interface LabListeners {
  readonly slot: number;
  readonly apiPort: number;
  readonly sshPort: number;
  readonly api: Server;
  /** By node index. */
  readonly nodes: readonly Server[];
}

/** As on a real cluster; the others are for machines where something listens on the usual one on every address. */
const apiPorts = [6443, 16443, 26443];
const sshPorts = [2222, 12222, 22222];

/**
 * Takes the first free loopback network and listens on its API address and on one address a node. @throws NodemendError
 * LAB_NO_ADDRESSES
 */
export async function listenForLab(nodes: number): Promise<LabListeners> {
  for (const apiPort of apiPorts) {
    for (let slot = firstSlot; slot <= lastSlot; slot++) {
      const api = await listen(apiAddress(slot), apiPort);
      if (!api) continue;
      const ssh = await listenForNodes(slot, nodes);
      if (ssh) return { slot, apiPort, api, ...ssh };
      closeAll([api]);
    }
  }
  throw new NodemendError('LAB_NO_ADDRESSES');
}

async function listenForNodes(
  slot: number,
  count: number,
): Promise<{ readonly sshPort: number; readonly nodes: readonly Server[] } | undefined> {
  for (const sshPort of sshPorts) {
    const nodes = await Promise.all(
      Array.from({ length: count }, (_, index) => listen(labAddress(slot, index), sshPort)),
    );
    const open = nodes.filter((server) => server !== undefined);
    if (open.length === count) return { sshPort, nodes: open };
    closeAll(open);
  }
  return undefined;
}

export function closeAll(servers: readonly Server[]): void {
  for (const server of servers) server.close();
}

/** Undefined when the address is taken. */
function listen(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ host, port, backlog: 128 }, () => resolve(server));
  });
}
