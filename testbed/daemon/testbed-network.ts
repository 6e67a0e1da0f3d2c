import { hardwareAddress, mainBridge, makeBridge } from '../../lab/daemon/network.ts';
import { mustRun } from '../../lab/node-root/run-program.ts';
import { closedNetwork, segmentOf, segments, type NetworkSegment } from '../subnets.ts';
import { serviceAddress, type Reached, type TestbedPlan } from '../testbed-plan.ts';

/**
 * A bridge that is never up. A cable that is moved to it keeps its link, and nothing passes: what a node sends is
 * dropped without a word, as in a network that is partitioned.
 */
export const silentBridge = 'silent';

/**
 * The testbed's network, in the daemon's own namespace, which is the router between its segments. Pods look for the API
 * server on the service's address.
 */
export async function makeTestbedNetwork(plan: TestbedPlan): Promise<void> {
  await makeBridge();
  const hosts = [...plan.nodes, ...plan.registries];
  const commands = [
    `address add ${serviceAddress}/32 dev ${mainBridge}`,
    `link add ${silentBridge} type bridge`,
    ...bridgeCommands(segments.closed, '02:00:0a:4e:ff:ff'),
    ...bridgeCommands(segments.outside, '02:00:c6:33:ff:ff'),
    ...routerCommands(plan),
    ...hosts.map((host) => neighbour(host, segmentOf(host.networkAddress).bridge)),
  ];
  await mustRun('network', 'ip', ['-batch', '-'], `${commands.join('\n')}\n`);
  // Of this network namespace, not of the machine.
  await mustRun('network', 'sysctl', ['-qw', 'net.ipv4.ip_forward=1']);
}

/** Lets the network namespace of a host in the open subnet know the nodes beside it, see `neighbour`. */
export async function introduceNodes({ nodes }: TestbedPlan, pid: number): Promise<void> {
  const commands = nodes.filter(({ subnet }) => subnet === 'open').map((node) => neighbour(node, 'eth0'));
  await mustRun('network', 'nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], `${commands.join('\n')}\n`);
}

function bridgeCommands({ bridge, router, prefix }: NetworkSegment, address: string): readonly string[] {
  return [
    `link add ${bridge} address ${address} type bridge forward_delay 0`,
    `address add ${router}/${prefix} dev ${bridge}`,
    `link set ${bridge} up`,
  ];
}

/**
 * What comes from the closed subnet reaches the router itself (the API server), the bastion and the registries beside the
 * nodes; all else is lost without a word, as in a VPC whose subnet has no internet gateway. From the open one what is nowhere is lost
 * likewise.
 */
function routerCommands(plan: TestbedPlan): readonly string[] {
  const inside = plan.registries.filter(({ name }) => name !== 'upstream');
  const allowed = [plan.bastion, ...inside].map(({ networkAddress }) => `${networkAddress}/32`);
  const from = `rule add from ${closedNetwork}`;
  return [
    ...[...allowed, closedNetwork].map((to, at) => `${from} to ${to} lookup main priority ${100 + at}`),
    `${from} blackhole priority 200`,
    'route add blackhole default',
  ];
}

/**
 * The networks of clouds answer ARP for a host whether it lives or not, so that what is sent to a silent one is lost;
 * on a bare bridge the sender would be told "no route to host" after three seconds. So who speaks to it knows its
 * hardware address.
 */
function neighbour({ index, networkAddress }: Reached, device: string): string {
  return `neighbour replace ${networkAddress} lladdr ${hardwareAddress(index)} dev ${device} nud permanent`;
}
