import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cableName } from '../lab/daemon/network.ts';
import { runProgram } from '../lab/node-root/run-program.ts';
import type { ProcessId } from '../lab/processes.ts';
import { silentBridge } from './daemon/testbed-network.ts';
import { segmentOf } from './subnets.ts';
import { plannedNode } from './testbed-plan.ts';
import type { TestbedFolder } from './testbed-folder.ts';
import type { Testbed } from './testbed-up.ts';

/**
 * Cuts a node off from everything: API server, bastion, other nodes, registries. Its link stays up and what is sent is
 * lost, neither refused nor reset; open connections stay open. It lasts until `healNode`, over reboots of the node too.
 * @throws Error when there is no such node
 */
export async function partitionNode({ plan, folder }: Testbed, node: string): Promise<void> {
  const { name, index } = plannedNode(plan, node);
  await mkdir(folder.partitions, { recursive: true, mode: 0o700 });
  // First the file: a node that boots in this moment reads it after its cable is made.
  await writeFile(join(folder.partitions, name), '');
  await moveCable(folder, index, silentBridge);
}

/** Ends what `partitionNode` did. @throws Error when there is no such node */
export async function healNode({ plan, folder }: Testbed, node: string): Promise<void> {
  const { name, index, networkAddress } = plannedNode(plan, node);
  await rm(join(folder.partitions, name), { force: true });
  await moveCable(folder, index, segmentOf(networkAddress).bridge);
}

/** Names of the nodes that are cut off. */
export function partitionedNodes({ partitions }: TestbedFolder): ReadonlySet<string> {
  try {
    return new Set(readdirSync(partitions));
  } catch {
    return new Set();
  }
}

/** Enters the network of the testbed's daemon, where the bridges are; not a node's. */
async function moveCable(folder: TestbedFolder, index: number, bridge: string): Promise<void> {
  const { pid } = JSON.parse(readFileSync(folder.daemon, 'utf8')) as ProcessId;
  const { exitCode, stderr } = await runProgram('nsenter', [
    `--net=/proc/${pid}/ns/net`,
    'ip',
    'link',
    'set',
    cableName(index),
    'master',
    bridge,
  ]);
  // A node that is off or just booting has no cable: it gets one where it belongs when it boots.
  if (exitCode !== 0 && !stderr.includes('Cannot find device'))
    throw new Error(`the cable to ${bridge}: ${stderr.trim()}`);
}
