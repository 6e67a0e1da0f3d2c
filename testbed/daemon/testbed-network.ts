import { networkAddress } from '../../lab/cluster/addresses.ts';
import { hardwareAddress, mainBridge, makeBridge } from '../../lab/daemon/network.ts';
import { mustRun } from '../../lab/node-root/run-program.ts';
import { serviceAddress, type Reached, type TestbedPlan } from '../testbed-plan.ts';

/**
 * A bridge that is never up. A cable that is moved to it keeps its link, and nothing passes: what a node sends is dropped without a
 * word, as in a network that is partitioned.
 */
export const silentBridge = 'silent';

/** The testbed's network, in the daemon's own namespace. Pods look for the API server on the service's address. */
export async function makeTestbedNetwork({ nodes }: TestbedPlan): Promise<void> {
  await makeBridge();
  const commands = [`address add ${serviceAddress}/32 dev ${mainBridge}`, `link add ${silentBridge} type bridge`, ...neighbours(nodes, mainBridge)];
  await mustRun('network', 'ip', ['-batch', '-'], `${commands.join('\n')}\n`);
}

/** Lets the network namespace of a process know the nodes, see `neighbours`. */
export async function introduceNodes({ nodes }: TestbedPlan, pid: number): Promise<void> {
  await mustRun('network', 'nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], `${neighbours(nodes, 'eth0').join('\n')}\n`);
}

/**
 * The networks of clouds answer ARP for a node whether it lives or not, so that what is sent to a silent one is lost; on a bare
 * bridge the sender would be told "no route to host" after three seconds. So who speaks to nodes knows their hardware addresses.
 */
function neighbours(nodes: readonly Reached[], device: string): readonly string[] {
  return nodes.map(({ index }) => `neighbour replace ${networkAddress(index)} lladdr ${hardwareAddress(index)} dev ${device} nud permanent`);
}
