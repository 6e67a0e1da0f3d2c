import { randomBytes } from 'node:crypto';
import { labAddress, networkAddress } from '../lab/cluster/addresses.ts';
import { closedAddress, upstreamAddress } from './subnets.ts';

/**
 * What runs the containers of a node: Debian's containerd 1, containerd 2 (`containerd2/`), Debian's Docker. Nodes are
 * numbered in this order.
 */
const runtimes = ['containerd', 'containerd2', 'docker'] as const;
export type Runtime = (typeof runtimes)[number];

/** Everything about a testbed that is decided before anything is started; plain JSON, written to the state folder. */
export interface TestbedPlan {
  readonly name: string;
  /** Names what is not held by a namespace: the cgroup folders. */
  readonly id: string;
  /** Which of the loopback networks 127.N.0.0/16 the testbed uses. */
  readonly slot: number;
  readonly apiPort: number;
  readonly sshPort: number;
  readonly nodes: readonly PlannedNode[];
  readonly bastion: Reached;
  readonly registries: readonly PlannedRegistry[];
}

/** Where something is reached from the machine, and inside the testbed. */
export interface Reached {
  /** An address of the machine's loopback; its port is the plan's `sshPort`. */
  readonly address: string;
  /** Inside the testbed's own network. */
  readonly networkAddress: string;
  readonly index: number;
}

export interface PlannedNode extends Reached {
  readonly name: string;
  readonly runtime: Runtime;
  readonly machineId: string;
  readonly subnet: Subnet;
}

/** From the closed one no way leads out; `daemon/testbed-network.ts` has what it reaches. */
export type Subnet = 'open' | 'closed';

export interface PlannedRegistry extends Reached {
  readonly name: RegistryName;
  /** How nodes call it, and how images of it begin. */
  readonly host: string;
}

/**
 * The registry outside, with a password; one beside the nodes that fetches from it what it is asked for, without; and
 * where nodes are closed in, one beside them that is theirs alone, with a password.
 */
export type RegistryName = 'upstream' | 'mirror' | 'internal';

/** The login user of every node and of the bastion; Debian's cloud images call theirs so. */
export const loginUser = 'debian';

/**
 * Inside, the API server listens where pods look for it: on the address of the service `kubernetes`, which the bridge
 * has too.
 */
export const serviceAddress = '10.96.0.1';
export const innerApiPort = 443;

/** How many nodes of each runtime. */
export interface TestbedSize {
  readonly containerd: number;
  /** Default 0. */
  readonly containerd2?: number;
  readonly docker: number;
  /** Names of the nodes in the closed subnet; default none. */
  readonly closed?: readonly string[];
}

export function nodeCount(size: TestbedSize): number {
  return runtimes.reduce((sum, runtime) => sum + (size[runtime] ?? 0), 0);
}

export interface TestbedPlace {
  readonly slot: number;
  readonly apiPort: number;
  readonly sshPort: number;
}

export function planTestbed(name: string, size: TestbedSize, place: TestbedPlace): TestbedPlan {
  const named = runtimes.flatMap((runtime) =>
    Array.from({ length: size[runtime] ?? 0 }, (_, index) => ({ name: `${runtime}-${index + 1}`, runtime })),
  );
  const nodes = named.map((node, index): PlannedNode => ({
    ...node,
    machineId: randomBytes(16).toString('hex'),
    ...inSubnet(size.closed?.includes(node.name) ? 'closed' : 'open', reached(place.slot, index)),
  }));
  const count = nodes.length;
  const plan = {
    name,
    id: randomBytes(6).toString('hex'),
    ...place,
    nodes,
    bastion: reached(place.slot, count),
    registries: planRegistries(
      place.slot,
      count + 1,
      nodes.some(({ subnet }) => subnet === 'closed'),
    ),
  };
  for (const closed of size.closed ?? []) plannedNode(plan, closed);
  return plan;
}

function inSubnet(subnet: Subnet, where: Reached): Reached & Pick<PlannedNode, 'subnet'> {
  return { ...where, subnet, ...(subnet === 'closed' ? { networkAddress: closedAddress(where.index) } : {}) };
}

/** What has an address beside the nodes: the bastion and the registries, as many as there can be. */
export const hostsBesideNodes = 4;

function planRegistries(slot: number, index: number, isClosed: boolean): readonly PlannedRegistry[] {
  const internal = { name: 'internal', host: 'internal.test', ...reached(slot, index + 2) } as const;
  return [
    { name: 'upstream', host: 'upstream.test', ...reached(slot, index), networkAddress: upstreamAddress },
    { name: 'mirror', host: 'mirror.test', ...reached(slot, index + 1) },
    ...(isClosed ? [internal] : []),
  ];
}

function reached(slot: number, index: number): Reached {
  return { address: labAddress(slot, index), networkAddress: networkAddress(index), index };
}

/** @throws Error naming the nodes there are */
export function plannedNode({ nodes }: TestbedPlan, name: string): PlannedNode {
  const node = nodes.find((each) => each.name === name);
  if (node) return node;
  throw new Error(
    `There is no node ${name || '(none was named)'}\n  next: name one of ${nodes.map((each) => each.name).join(', ')}`,
  );
}

/** @throws Error naming the registries there are */
export function plannedRegistry({ registries }: TestbedPlan, name: string): PlannedRegistry {
  const registry = registries.find((each) => each.name === name);
  if (registry) return registry;
  throw new Error(
    `There is no registry ${name || '(none was named)'}\n  next: name one of ${registries.map((each) => each.name).join(', ')}`,
  );
}

/** Of the pods of a node; its first address is the node's own bridge. */
export function podNetwork({ index }: Reached): string {
  return `10.244.${index}.0/24`;
}
