import { randomBytes } from 'node:crypto';
import { labAddress, networkAddress } from '../lab/cluster/addresses.ts';

/** What runs the containers of a node: Debian's containerd 1, containerd 2 (`containerd2/`), Debian's Docker. Nodes are numbered in this order. */
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
}

/** The login user of every node and of the bastion; Debian's cloud images call theirs so. */
export const loginUser = 'debian';

/** Inside, the API server listens where pods look for it: on the address of the service `kubernetes`, which the bridge has too. */
export const serviceAddress = '10.96.0.1';
export const innerApiPort = 443;

/** How many nodes of each runtime. */
export interface TestbedSize {
  readonly containerd: number;
  /** Default 0. */
  readonly containerd2?: number;
  readonly docker: number;
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
  const named = runtimes.flatMap((runtime) => Array.from({ length: size[runtime] ?? 0 }, (_, index) => ({ name: `${runtime}-${index + 1}`, runtime })));
  const nodes = named.map((node, index): PlannedNode => ({ ...node, machineId: randomBytes(16).toString('hex'), ...reached(place.slot, index) }));
  return { name, id: randomBytes(6).toString('hex'), ...place, nodes, bastion: reached(place.slot, nodes.length) };
}

function reached(slot: number, index: number): Reached {
  return { address: labAddress(slot, index), networkAddress: networkAddress(index), index };
}

/** @throws Error naming the nodes there are */
export function plannedNode({ nodes }: TestbedPlan, name: string): PlannedNode {
  const node = nodes.find((each) => each.name === name);
  if (node) return node;
  throw new Error(`There is no node ${name || '(none was named)'}\n  next: name one of ${nodes.map((each) => each.name).join(', ')}`);
}

/** Of the pods of a node; its first address is the node's own bridge. */
export function podNetwork({ index }: Reached): string {
  return `10.244.${index}.0/24`;
}
