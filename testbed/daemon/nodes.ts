import { appendFileSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bridgeAddress, networkPrefix } from '../../lab/cluster/addresses.ts';
import { mainBridge, plugIn } from '../../lab/daemon/network.ts';
import { writeTree, type TreeEntry } from '../../lab/node/file-tree.ts';
import { mustRun } from '../../lab/node-root/run-program.ts';
import { bootNode, type RunningNode } from '../node/boot-node.ts';
import { machineHierarchies, makeCgroups, type Hierarchy } from '../node/cgroups.ts';
import diskScript from '../node/disk.sh?raw';
import { kubeletConfig } from '../node/kubelet-files.ts';
import overlayScript from '../node/overlay.sh?raw';
import type { PlannedNode, TestbedPlan } from '../testbed-plan.ts';
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
  readonly kubeletOf: (node: PlannedNode) => string;
  /** One line a start and a stop of a node, JSON. */
  readonly events: string;
}

/** A line of the events file. */
export type NodeEvent =
  | { readonly node: string; readonly at: string; readonly event: 'booted'; readonly bootId: string }
  | { readonly node: string; readonly at: string; readonly event: 'ended'; readonly how: string };

const pauseBeforeBootMs = 300;
const pauseAfterFailureMs = 2000;

/** The nodes of a testbed. One that reboots or loses its power boots again; one that was powered off stays off. */
export class Nodes {
  readonly #options: NodesOptions;
  readonly #hierarchies: readonly Hierarchy[];

  constructor(options: NodesOptions) {
    this.#options = options;
    this.#hierarchies = machineHierarchies();
    writeFileSync(options.events, '', { mode: 0o600 });
  }

  /** Makes the disk and boots, for the first time. */
  async add(node: PlannedNode): Promise<void> {
    const { mounts, disks, diskBytes, filesOf, kubeletOf } = this.#options;
    const disk = join(mounts, node.name);
    const image = join(disks, `${node.name}.img`);
    await mkdir(dirname(image), { recursive: true });
    await mustRun('disk', 'sh', ['-c', diskScript, 'disk.sh', image, disk, String(diskBytes)]);
    await writeTree(join(disk, 'upper'), await filesOf(node));
    await writeFile(join(disk, 'kubelet', 'config.yaml'), kubeletConfig(node));
    await mustRun('overlay', 'sh', ['-c', overlayScript, 'overlay.sh', disk, '../layer/upper', kubeletOf(node), 'kubelet']);
    await this.#boot(node);
  }

  async #boot(node: PlannedNode): Promise<void> {
    const { mounts, plan } = this.#options;
    const running = await bootNode({
      name: node.name,
      root: join(mounts, node.name, 'root'),
      hierarchies: this.#hierarchies,
      cgroups: makeCgroups(this.#hierarchies, plan.id, node.name),
      address: `${node.networkAddress}/${networkPrefix}`,
      gateway: bridgeAddress,
      connect: (pid) => this.#plugIn(node, pid),
    });
    this.#note({ node: node.name, at: now(), event: 'booted', bootId: running.bootId });
    void this.#watch(node, running);
  }

  /** A node that is cut off stays so when it boots; a command may change it in the very moment. */
  async #plugIn({ name, index }: PlannedNode, pid: number): Promise<void> {
    for (let done = false; !done; ) {
      const cutOff = this.#options.isPartitioned(name);
      await plugIn(index, pid, cutOff ? silentBridge : mainBridge);
      done = this.#options.isPartitioned(name) === cutOff;
    }
  }

  async #watch(node: PlannedNode, running: RunningNode): Promise<void> {
    const how = await running.ended;
    this.#note({ node: node.name, at: now(), event: 'ended', how });
    if (how === 'poweroff') return;
    for (let pause = pauseBeforeBootMs; ; pause = pauseAfterFailureMs) {
      await sleep(pause);
      try {
        await this.#boot(node);
        return;
      } catch (error) {
        this.#note({ node: node.name, at: now(), event: 'ended', how: (error as Error).message });
      }
    }
  }

  #note(event: NodeEvent): void {
    appendFileSync(this.#options.events, `${JSON.stringify(event)}\n`);
  }
}

function now(): string {
  return new Date().toISOString();
}
