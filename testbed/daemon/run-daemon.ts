import { mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { serveControl } from '../../lab/daemon/control-server.ts';
import { closeInheritedFiles } from '../../lab/daemon/inherited-files.ts';
import { forward } from '../../lab/daemon/forwarder.ts';
import { becomeIndependent, receiveListeners } from '../../lab/daemon/inbox.ts';
import { inParallel } from '../../lab/daemon/in-parallel.ts';
import { makeSshKey } from '../../lab/daemon/ssh-key.ts';
import { sshdOptions } from '../../lab/daemon/sshd-options.ts';
import { nodeAccounts } from '../../lab/node/accounts.ts';
import { writeTree, type TreeEntry } from '../../lab/node/file-tree.ts';
import { buildSharedLayer } from '../../lab/node-root/node-disk.ts';
import { mustRun } from '../../lab/node-root/run-program.ts';
import { processId } from '../../lab/processes.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';
import { addGrub } from '../grub/grub-layer.ts';
import { hasCapability } from '../node/capability.ts';
import { isUnified, machineHierarchies } from '../node/cgroups.ts';
import { writeImageArchive } from '../node/image-archive.ts';
import { kubeletFiles } from '../node/kubelet-files.ts';
import { identityFiles, runtimeFiles, sharedFiles } from '../node/node-files.ts';
import systemdLayerScript from '../node/systemd-layer.sh?raw';
import { registryFiles } from '../node/registry-files.ts';
import { unitFiles } from '../node/unit-files.ts';
import { userScriptFiles, type UserScript } from '../node/user-script-files.ts';
import { partitionedNodes } from '../partition.ts';
import { nodePrograms, type Programs } from '../programs.ts';
import { pushTo } from '../registry/push-image.ts';
import { Registries } from '../registry/registries.ts';
import type { TestbedFolder } from '../testbed-folder.ts';
import { upstreamAddress } from '../subnets.ts';
import { innerApiPort, loginUser, serviceAddress, type PlannedNode, type TestbedPlan } from '../testbed-plan.ts';
import { writeAccessFiles } from './access-files.ts';
import { startBastion } from './bastion.ts';
import { nodeSideServer, startCluster } from './cluster.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { Nodes } from './nodes.ts';
import { standInForKubelets } from './stand-in.ts';
import { waitUntilNodesReady } from './ready.ts';
import { handleTestbedControl, type TestbedRequest } from './testbed-control.ts';
import { introduceNodes, makeTestbedNetwork } from './testbed-network.ts';

/** What `load-images.sh` gives the runtime, see `unit-files.ts`. */
const imageOnNodes = '/usr/lib/testbed/image.tar';

export interface TestbedFile {
  readonly plan: TestbedPlan;
  readonly programs: Programs;
  readonly diskBytes: number;
  readonly registrationMs: number;
  /** Runs at the first boot of nodes. */
  readonly userScript: UserScript | undefined;
  /** Folders of unpacked packages. */
  readonly grub: readonly string[] | undefined;
  /** Numbers of those that were there before. */
  readonly loopDevices: readonly number[];
}

/**
 * The testbed's daemon: PID 1 of a PID namespace, in a mount and a network namespace of the testbed's own. Control
 * plane, nodes, mounts and bridge live in it and end with it, however it ends; only cgroup folders and files are left
 * for `down`.
 */
export async function runDaemon(folder: TestbedFolder): Promise<void> {
  closeInheritedFiles();
  await writeDaemonFile(folder);
  const listeners = await receiveListeners();
  const { plan, programs, diskBytes, registrationMs, userScript, grub } = JSON.parse(
    await readFile(folder.plan, 'utf8'),
  ) as TestbedFile;
  forward(listeners.api, serviceAddress, innerApiPort);
  for (const { index, networkAddress } of [...plan.nodes, plan.bastion])
    forward(listeners.nodes[index], networkAddress, 22);
  for (const { index, networkAddress } of plan.registries) forward(listeners.nodes[index], networkAddress, 443);

  await prepareMounts(folder);
  await makeTestbedNetwork(plan);
  const [plane] = await Promise.all([
    startCluster({ plan, programs, parent: folder.mounts, logs: folder.logs }),
    prepareLayer(folder, grub),
  ]);
  const login = makeSshKey(`nodemend testbed ${plan.name}`);
  const hostKeys = new Map([...plan.nodes.map(({ name }) => name), 'bastion'].map((name) => [name, makeSshKey('')]));
  await writeAccessFiles({ folder, plan, plane, login, hostKeys });

  const machine = { passwd: await readFile('/etc/passwd', 'utf8'), group: await readFile('/etc/group', 'utf8') };
  const accounts = nodeAccounts(machine, loginUser);
  const identity = (name: string, where: TestbedPlan['bastion'], machineId: string): readonly TreeEntry[] =>
    identityFiles({
      name,
      where,
      registries: plan.registries,
      machineId,
      accounts,
      hostKey: hostKeys.get(name) ?? makeSshKey(''),
      authorizedKey: login.public,
    });
  const bastion = await startBastion(
    join(folder.mounts, 'bastion'),
    plan.bastion,
    identity('bastion', plan.bastion, plan.id.padEnd(32, '0')),
  );
  await introduceNodes(plan, bastion.pid);

  const nodes = new Nodes({
    plan,
    mounts: folder.mounts,
    disks: folder.disks,
    diskBytes,
    events: folder.events,
    isPartitioned: (name) => partitionedNodes(folder).has(name),
    programsOf: ({ runtime }) => nodePrograms(programs, runtime),
    filesOf: async (node) => [
      ...identity(node.name, node, node.machineId),
      ...(await clusterFiles(node, { plan, programs, plane })),
      ...userScriptFiles(node.name, userScript),
    ],
  });
  const registries = new Registries({ plan, folder, authority: plane.authority, program: programs.registry });
  await serveControl(folder.control, (request: TestbedRequest) =>
    handleTestbedControl({ nodes, registries, plane }, request),
  );
  await Promise.all([startRegistries(registries, folder), inParallel(plan.nodes, 4, (node) => nodes.add(node))]);
  const api = await openKubernetes({ kubeconfig: plane.kubeconfig('admin'), environment: {} });
  await standInForKubelets({
    api,
    nodes,
    docker: plan.nodes.filter(({ runtime }) => runtime === 'docker'),
    noKubelet: programs.noDockershim,
    registrationMs,
  });
  await waitUntilNodesReady(api, plan);
  becomeIndependent();
}

/** With the image that every node has. */
async function startRegistries(registries: Registries, folder: TestbedFolder): Promise<void> {
  await registries.start();
  const archive = {
    format: 'docker-archive',
    file: join(folder.mounts, 'layer', 'upper', imageOnNodes),
    reference: 'docker.io/library/box:1',
  } as const;
  await pushTo(upstreamAddress, folder, archive, 'box:1');
}

interface Cluster {
  readonly plan: TestbedPlan;
  readonly programs: Programs;
  readonly plane: ControlPlane;
}

async function clusterFiles(node: PlannedNode, { plan, programs, plane }: Cluster): Promise<readonly TreeEntry[]> {
  const restricted = !hasCapability('sys_resource');
  const subject = {
    commonName: `system:node:${node.name}`,
    organizations: ['system:nodes'],
    ip: [node.networkAddress],
    dns: [node.name],
  };
  const credentials = await plane.authority.issue(subject);
  return [
    ...unitFiles({
      runtime: node.runtime,
      restricted,
      kubelet: node.runtime !== 'docker' || programs.noDockershim === undefined,
    }),
    ...runtimeFiles({ runtime: node.runtime, restricted, unified: isUnified(machineHierarchies()) }),
    ...registryFiles(node.runtime, plan.registries, plane.authority.certificate),
    ...kubeletFiles({ node, authority: plane.authority.certificate, credentials, server: nodeSideServer }),
  ];
}

/** The testbed's own view of processes and file systems. */
async function prepareMounts({ mounts, logs }: TestbedFolder): Promise<void> {
  await mustRun('mounts', 'mount', ['-t', 'proc', 'proc', '/proc']);
  await mustRun('mounts', 'mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'nodemend-testbed', mounts]);
  await mkdir(logs, { recursive: true });
}

async function prepareLayer({ mounts }: TestbedFolder, grub: TestbedFile['grub']): Promise<void> {
  const folder = join(mounts, 'layer');
  const layer = await buildSharedLayer(folder);
  await mustRun('layer', 'sh', ['-c', systemdLayerScript, 'systemd-layer.sh', folder]);
  const image = await writeImageArchive(join(layer, dirname(imageOnNodes)), '/bin/busybox');
  await mustRun('layer', 'chmod', ['0644', image]);
  await writeTree(layer, sharedFiles(await sshdOptions()));
  if (grub) await addGrub(folder, grub);
}

/** Must be written while /proc is still the machine's, whose process number the commands know. */
async function writeDaemonFile(folder: TestbedFolder): Promise<void> {
  const self = processId(Number(await readlink('/proc/self')));
  await writeFile(folder.daemon, JSON.stringify(self), { mode: 0o600 });
}
