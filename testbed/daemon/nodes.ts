import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { plugIn } from '../../lab/daemon/network.ts';
import { writeTree, type TreeEntry } from '../../lab/node/file-tree.ts';
import { mustRun } from '../../lab/node-root/run-program.ts';
import { bootNode, type RunningNode } from '../node/boot-node.ts';
import { machineHierarchies, makeCgroups, type Hierarchy } from '../node/cgroups.ts';
import diskScript from '../node/disk.sh?raw';
import { kubeletConfig } from '../node/kubelet-files.ts';
import overlayScript from '../node/overlay.sh?raw';
import powerLossScript from '../node/power-loss.sh?raw';
import { segmentOf } from '../subnets.ts';
import type { PlannedNode, TestbedPlan } from '../testbed-plan.ts';
import { EventLog, type NodeEnd } from './node-events.ts';
import { PowerSupply } from './power-supply.ts';
import { silentBridge } from './testbed-network.ts';

export interface NodesOptions {
  readonly plan: TestbedPlan;
  /** The testbed's mount point; the shared layer is `layer/upper` below it. */
  readonly mounts: string;
  /** Where the disks' files lie. */
  readonly disks: string;
  readonly diskBytes: number;
  readonly filesOf: (node: PlannedNode) => Promise<readonly TreeEntry[]>;
  readonly isPartitioned: (node: string) => boolean;
  /** Programs of the machine that the node has in /usr/local/bin: path and name. */
  readonly programsOf: (node: PlannedNode) => readonly (readonly [path: string, name: string])[];
  /** One line a start and a stop of a node, JSON. */
  readonly events: string;
}

/** The nodes of a testbed: their disks, and what boots them. */
export class Nodes {
  readonly #options: NodesOptions;
  readonly #hierarchies: readonly Hierarchy[];
  readonly #events: EventLog;
  readonly #supplies = new Map<string, PowerSupply>();

  constructor(options: NodesOptions) {
    this.#options = options;
    this.#hierarchies = machineHierarchies();
    this.#events = new EventLog(options.events);
  }

  /** Makes the disk and boots, for the first time. */
  async add(node: PlannedNode): Promise<void> {
    const { diskBytes, filesOf } = this.#options;
    const { folder, file } = this.#disk(node);
    await mkdir(dirname(file), { recursive: true });
    await mustRun('disk', 'sh', ['-c', diskScript, 'disk.sh', file, folder, String(diskBytes)]);
    await writeTree(join(folder, 'upper'), await filesOf(node));
    await writeFile(join(folder, 'kubelet', 'config.yaml'), kubeletConfig(node));
    await this.#mountRoot(node);
    const { name } = node;
    const supply = new PowerSupply({
      name,
      boot: (after) => this.#boot(node, after),
      note: (happening) => this.#events.note(name, happening),
    });
    this.#supplies.set(name, supply);
    await supply.turnOn();
  }

  /** @throws Error when it has no such node yet */
  power(node: string): PowerSupply {
    const supply = this.#supplies.get(node);
    if (supply) return supply;
    throw new Error(`${node} has not been made yet`);
  }

  /** Takes a node's kubelet away for good, and says why. */
  async silenceKubelet(node: PlannedNode, reason: string): Promise<void> {
    const unit = join(this.#disk(node).folder, 'root', 'etc', 'systemd', 'system', 'kubelet.service');
    await rm(unit, { force: true });
    await symlink('/dev/null', unit);
    await mustRun('sync', 'sync', ['-f', dirname(unit)]);
    await this.power(node.name).cut();
    this.noteStandIn(node, reason);
  }

  noteStandIn({ name }: PlannedNode, reason: string): void {
    this.#events.note(name, { event: 'stand-in', reason });
  }

  /** Whether its runtime has been given the images of a node without a registry (`load-images.sh`). */
  hasImages(node: PlannedNode): boolean {
    return existsSync(join(this.#disk(node).folder, 'kubelet', 'images-loaded'));
  }

  #disk({ name }: PlannedNode): { readonly folder: string; readonly file: string } {
    const { mounts, disks } = this.#options;
    return { folder: join(mounts, name), file: join(disks, `${name}.img`) };
  }

  async #mountRoot(node: PlannedNode): Promise<void> {
    const programs = this.#options.programsOf(node).flat();
    await mustRun('overlay', 'sh', [
      '-c',
      overlayScript,
      'overlay.sh',
      this.#disk(node).folder,
      '../layer/upper',
      ...programs,
    ]);
  }

  async #boot(node: PlannedNode, after: NodeEnd | undefined): Promise<RunningNode> {
    const cgroups = makeCgroups(this.#hierarchies, this.#options.plan.id, node.name);
    const { folder, file } = this.#disk(node);
    if (after === 'power cut') {
      await mustRun('power loss', 'sh', ['-c', powerLossScript, 'power-loss.sh', file, folder]);
      await this.#mountRoot(node);
    }
    const { prefix, router } = segmentOf(node.networkAddress);
    return bootNode({
      name: node.name,
      root: join(folder, 'root'),
      hierarchies: this.#hierarchies,
      cgroups,
      address: `${node.networkAddress}/${prefix}`,
      gateway: router,
      connect: (pid) => this.#plugIn(node, pid),
    });
  }

  /** A node that is cut off stays so when it boots; a command may change it in the very moment. */
  async #plugIn({ name, index, networkAddress }: PlannedNode, pid: number): Promise<void> {
    for (let done = false; !done;) {
      const cutOff = this.#options.isPartitioned(name);
      await plugIn(index, pid, cutOff ? silentBridge : segmentOf(networkAddress).bridge);
      done = this.#options.isPartitioned(name) === cutOff;
    }
  }
}
