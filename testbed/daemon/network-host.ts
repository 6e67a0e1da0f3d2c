import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { plugIn } from '../../lab/daemon/network.ts';
import { mustRun } from '../../lab/node-root/run-program.ts';
import { segmentOf } from '../subnets.ts';
import type { Reached } from '../testbed-plan.ts';

/**
 * A host of the testbed's network for a single program: an address of its own on the testbed's root file system. It
 * lasts as long as this process. @returns a process in its network namespace
 */
export async function startNetworkHost({ index, networkAddress }: Reached): Promise<number> {
  const child = spawn(
    'unshare',
    ['--net', '--', 'setpriv', '--pdeathsig', 'KILL', '--', 'sh', '-c', 'echo unshared; exec sleep infinity'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('unshare ended'))),
  ]);
  const pid = child.pid ?? 0;
  const { bridge, router, prefix } = segmentOf(networkAddress);
  await plugIn(index, pid, bridge);
  const commands = [
    'link set lo up',
    `address add ${networkAddress}/${prefix} dev eth0`,
    'link set eth0 up',
    `route add default via ${router}`,
  ];
  await mustRun('network', 'nsenter', [...inHost(pid), 'ip', '-batch', '-'], `${commands.join('\n')}\n`);
  return pid;
}

/** Arguments of nsenter: what follows them runs on the host. */
export function inHost(pid: number): readonly string[] {
  return [`--net=/proc/${pid}/ns/net`, '--'];
}
