import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import type { ClusterPlan, PlannedNode } from '../cluster/cluster-plan.ts';
import { enterNode, type EnterResult } from '../node-root/enter-node.ts';
import { removeNodeDisk, type NodeDisk } from '../node-root/node-disk.ts';
import type { TreeEntry } from '../node/file-tree.ts';
import { bootDelayMs } from './boot-delay.ts';
import { logLine } from './log.ts';
import { inParallel } from './in-parallel.ts';
import { bootNode, provisionNode, removeNode, type LabNode, type LabNodeOptions } from './lab-nodes.ts';

export interface FleetOptions {
  readonly plan: ClusterPlan;
  readonly mounts: string;
  readonly diskBytes: number;
  readonly filesOf: (node: PlannedNode) => readonly TreeEntry[];
  /** A node has booted, for the first time or again. */
  readonly onBoot: (node: PlannedNode, bootId: string, disk: 'fresh' | 'kept') => void;
  readonly onEnd: (node: PlannedNode) => void;
}

interface Slot {
  readonly options: LabNodeOptions;
  disk: NodeDisk;
  node: LabNode | undefined;
  /** Its last boot; never rejects. */
  booted: Promise<void>;
  /** Set while the node is being replaced, so that its end is not taken for a reboot. */
  leaving: boolean;
}

/** At one line a second in twenty nodes; more nodes write more seldom, so that the machine stays idle. */
const nodesPerLogSecond = 20;
const pauseBeforeRetryMs = 1000;
const longestPauseMs = 60_000;

/** All nodes of a lab. A node whose PID 1 ends (reboot, a kill) boots again on the same disk. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #slots = new Map<string, Slot>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  async start(onNode: () => void): Promise<void> {
    await inParallel(this.#options.plan.nodes, this.#parallelism(), async (plan) => {
      await this.#add(plan);
      onNode();
    });
  }

  /** Node names with whether they run now. */
  states(): ReadonlyMap<string, boolean> {
    return new Map([...this.#slots].map(([name, slot]) => [name, slot.node !== undefined]));
  }

  /** Names of the nodes that run now. */
  running(): readonly string[] {
    return [...this.#slots].filter(([, slot]) => slot.node).map(([name]) => name);
  }

  /** Runs a script as root of a node. Undefined when the node is unknown or not running. */
  run(name: string, script: string, args: readonly string[], timeoutMs: number): Promise<EnterResult> | undefined {
    const pid = this.#slots.get(name)?.node?.root.pid;
    return pid === undefined ? undefined : enterNode({ pid, script, args, timeoutMs });
  }

  /** Replaces nodes by fresh ones of the same identity: disk as on the first day, new boot id. */
  async renew(names: readonly string[]): Promise<void> {
    await inParallel(names, this.#parallelism(), async (name) => {
      const slot = this.#slots.get(name);
      if (!slot) return;
      slot.leaving = true;
      await slot.booted;
      await (slot.node ? removeNode(slot.node, slot.disk) : removeNodeDisk(slot.disk));
      await this.#add(slot.options.plan);
    });
  }

  async #add(plan: PlannedNode): Promise<void> {
    const { mounts, diskBytes, filesOf, plan: cluster } = this.#options;
    const logSeconds = Math.max(1, Math.round(cluster.nodes.length / nodesPerLogSecond));
    const options: LabNodeOptions = { plan, mounts, diskBytes, logSeconds, files: filesOf(plan) };
    const disk = await provisionNode(options);
    const slot: Slot = { options, disk, node: undefined, booted: Promise.resolve(), leaving: false };
    this.#slots.set(plan.name, slot);
    await this.#boot(slot, 'fresh');
  }

  async #boot(slot: Slot, disk: 'fresh' | 'kept'): Promise<void> {
    const node = await bootNode(slot.options, slot.disk);
    slot.node = node;
    this.#options.onBoot(node.plan, node.bootId, disk);
    void node.root.ended.then(() => {
      slot.node = undefined;
      this.#options.onEnd(node.plan);
      void bootDelayMs(slot.disk).then((ms) => {
        if (ms !== undefined) this.#bootAfter(slot, ms);
      });
    });
  }

  /** A node that does not come up is tried again after ever longer pauses. */
  #bootAfter(slot: Slot, pauseMs: number): void {
    setTimeout(() => {
      if (slot.leaving) return;
      slot.booted = this.#boot(slot, 'kept').catch((error: Error) => {
        logLine(`${slot.options.plan.name}: ${error.message}`);
        this.#bootAfter(slot, Math.min(Math.max(pauseMs * 2, pauseBeforeRetryMs), longestPauseMs));
      });
    }, pauseMs);
  }

  #parallelism(): number {
    return availableParallelism() * 3;
  }
}

export function layerFolder(mounts: string): string {
  return join(mounts, 'layer');
}
