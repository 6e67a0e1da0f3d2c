import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { cableName, hardwareAddress } from '../../lab/daemon/network.ts';
import { mustRun } from '../../lab/node-root/run-program.ts';
import type { ProcessId } from '../../lab/processes.ts';
import { segmentOf } from '../subnets.ts';
import { hostsBesideNodes } from '../testbed-plan.ts';
import type { Testbed } from '../testbed-up.ts';

/**
 * A host of the testbed's network outside, whose ports this process serves: clients are seen by the addresses they have
 * there.
 */
export interface OutsideHost {
  readonly address: string;
  /** A process in its network namespace. */
  readonly pid: number;
  /** Listeners by port; what they accept is the caller's. */
  readonly ports: ReadonlyMap<number, Server>;
  readonly close: () => Promise<void>;
}

interface OutsidePlace {
  /** Which of the testbed's: 0 is the fake Docker Hub. */
  readonly place: number;
  readonly ports: readonly number[];
  /** `closed`: among the nodes of the closed subnet, as a registry of theirs. */
  readonly segment?: 'outside' | 'closed';
}

/** Beside `upstream.test`; behind every node. */
const addressIn = { outside: '198.51.100.', closed: '10.78.200.' } as const;

/**
 * Adds a host to a running testbed: a network namespace of its own on a bridge, by itself on the one outside, which nodes
 * of the closed subnet do not reach. Nothing of the machine's network is changed, and it ends with this process at the
 * latest.
 */
export async function startOutsideHost(
  testbed: Testbed,
  { place, ports, segment = 'outside' }: OutsidePlace,
): Promise<OutsideHost> {
  const address = `${addressIn[segment]}${20 + place}`;
  const command = [
    '--pdeathsig',
    'KILL',
    '--',
    process.execPath,
    join(import.meta.dirname, 'listen-process.ts'),
    ...ports.map(String),
  ];
  const child = spawn('unshare', ['--net', '--', 'setpriv', ...command], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const listeners = new Map<number, Server>();
  const sockets = new Set<Socket>();
  const all = new Promise<void>((resolve) => {
    child.on('message', ({ port }: { readonly port: number }, server) => {
      listeners.set(
        port,
        (server as Server).on('connection', (socket) => sockets.add(socket)),
      );
      if (listeners.size === ports.length) resolve();
    });
  });
  const failed = ended.then(([code]) => Promise.reject(new Error(`the host outside ended: exit code ${String(code)}`)));
  await Promise.race([all, failed]);
  failed.catch(() => undefined);
  await connectHost(testbed, { place, address }, child.pid ?? 0);
  return {
    address,
    pid: child.pid ?? 0,
    ports: listeners,
    close: async () => {
      for (const server of listeners.values()) server.close();
      for (const socket of sockets) socket.destroy();
      child.disconnect();
      await ended;
    },
  };
}

/** The address comes last: nobody reaches a port before its listener is here. */
async function connectHost(
  { plan, folder }: Testbed,
  { place, address }: { readonly place: number; readonly address: string },
  pid: number,
): Promise<void> {
  const { pid: daemon } = JSON.parse(readFileSync(folder.daemon, 'utf8')) as ProcessId;
  const index = plan.nodes.length + hostsBesideNodes + place;
  const { bridge, router, prefix } = segmentOf(address);
  const cable = `link add ${cableName(index)} master ${bridge} up type veth peer name eth0 address ${hardwareAddress(index)} netns ${pid}`;
  await mustRun('network', 'nsenter', [`--net=/proc/${daemon}/ns/net`, 'ip', '-batch', '-'], `${cable}\n`);
  const commands = [
    'link set lo up',
    `address add ${address}/${prefix} dev eth0`,
    'link set eth0 up',
    `route add default via ${router}`,
  ];
  await mustRun('network', 'nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], `${commands.join('\n')}\n`);
}
