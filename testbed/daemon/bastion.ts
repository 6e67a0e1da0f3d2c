import { plugIn } from '../../lab/daemon/network.ts';
import { writeTree, type TreeEntry } from '../../lab/node/file-tree.ts';
import { makeNodeDisk, mountNodeOverlay } from '../../lab/node-root/node-disk.ts';
import { startNodeRoot, type NodeRoot } from '../../lab/node-root/node-root.ts';
import { segments } from '../subnets.ts';
import type { Reached } from '../testbed-plan.ts';

const diskBytes = 64 * 1024 ** 2;

/** A login host in front of the nodes' private network: a node root of the lab with nothing but sshd in it. */
export async function startBastion(folder: string, where: Reached, files: readonly TreeEntry[]): Promise<NodeRoot> {
  const disk = await makeNodeDisk(folder, diskBytes);
  await writeTree(disk.upper, files);
  await mountNodeOverlay(disk, '../layer/upper');
  return startNodeRoot({
    hostname: 'bastion',
    root: disk.root,
    address: `${where.networkAddress}/${segments.open.prefix}`,
    gateway: segments.open.router,
    connect: (pid) => plugIn(where.index, pid),
    init: ['sh', '-c', 'echo booted; exec /usr/sbin/sshd -D -E /var/log/auth.log'],
  });
}
