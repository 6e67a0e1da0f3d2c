import { randomBytes } from 'node:crypto';
import { labAddress, networkAddress } from '../lab/cluster/addresses.ts';

export type Runtime = 'containerd' | 'docker';

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

export interface TestbedSize {
  readonly containerd: number;
  readonly docker: number;
}

export interface TestbedPlace {
  readonly slot: number;
  readonly apiPort: number;
  readonly sshPort: number;
}

export function planTestbed(name: string, size: TestbedSize, place: TestbedPlace): TestbedPlan {
  const count = size.containerd + size.docker;
  const nodes = Array.from({ length: count }, (_, index): PlannedNode => {
    const runtime = index < size.containerd ? 'containerd' : 'docker';
    const number = runtime === 'containerd' ? index + 1 : index - size.containerd + 1;
    return { name: `${runtime}-${number}`, runtime, machineId: randomBytes(16).toString('hex'), ...reached(place.slot, index) };
  });
  return { name, id: randomBytes(6).toString('hex'), ...place, nodes, bastion: reached(place.slot, count) };
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
