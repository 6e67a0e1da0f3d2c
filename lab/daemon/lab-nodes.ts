import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bridgeAddress, networkPrefix } from '../cluster/addresses.ts';
import type { PlannedNode } from '../cluster/cluster-plan.ts';
import { containerLog } from '../node/container-files.ts';
import { writeTree, type TreeEntry } from '../node/file-tree.ts';
import { makeNodeDisk, mountNodeOverlay, removeNodeDisk, type NodeDisk } from '../node-root/node-disk.ts';
import { startNodeRoot, type NodeRoot } from '../node-root/node-root.ts';
import { stepFailed } from '../node-root/run-program.ts';
import { plugIn } from './network.ts';

/** A node of the lab while it lives. */
export interface LabNode {
  readonly plan: PlannedNode;
  readonly root: NodeRoot;
  readonly bootId: string;
}

export interface LabNodeOptions {
  readonly plan: PlannedNode;
  /** The lab's mount point; the shared layer is `layer/upper` below it. */
  readonly mounts: string;
  readonly diskBytes: number;
  readonly files: readonly TreeEntry[];
  /** How often the growing log gets a line. */
  readonly logSeconds: number;
}

/** sshd answers within 100 ms; a machine with more to do than it can takes its time. */
const sshdPatienceMs = 60_000;

/** Gives a node its disk with the files of its own. */
export async function provisionNode(options: LabNodeOptions): Promise<NodeDisk> {
  const disk = await makeNodeDisk(join(options.mounts, options.plan.name), options.diskBytes);
  await writeTree(disk.upper, options.files);
  await mountNodeOverlay(disk, '../layer/upper');
  return disk;
}

/** Boots a node on its disk, and waits until its sshd answers. */
export async function bootNode(options: LabNodeOptions, disk: NodeDisk): Promise<LabNode> {
  const { plan } = options;
  const root = await startNodeRoot({
    hostname: plan.name,
    root: disk.root,
    address: `${plan.networkAddress}/${networkPrefix}`,
    gateway: bridgeAddress,
    connect: (pid) => plugIn(plan.index, pid),
    init: [
      'sh',
      '/usr/lib/nodemend-lab/init.sh',
      plan.group.runtime === 'docker' ? 'docker' : 'cri',
      String(options.logSeconds),
      containerLog(plan, plan.growing),
    ],
  });
  await sshdAnswers(plan);
  return { plan, root, bootId: root.readyLine.replace('booted ', '') };
}

/** Ends a node and forgets everything it wrote. */
export async function removeNode(node: LabNode, disk: NodeDisk): Promise<void> {
  await node.root.stop();
  await removeNodeDisk(disk);
}

async function sshdAnswers(plan: PlannedNode): Promise<void> {
  const deadline = Date.now() + sshdPatienceMs;
  while (!(await greets(plan.networkAddress))) {
    if (Date.now() > deadline) throw stepFailed(plan.name, 'sshd does not answer');
    await sleep(20);
  }
}

function greets(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 22, timeout: 2000 });
    const answer = (value: boolean) => (): void => {
      socket.destroy();
      resolve(value);
    };
    socket
      .once('data', answer(true))
      .once('error', answer(false))
      .once('timeout', answer(false))
      .once('end', answer(false));
  });
}
