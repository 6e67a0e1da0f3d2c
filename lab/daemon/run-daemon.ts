import { randomBytes } from 'node:crypto';
import { readFile, readlink, writeFile } from 'node:fs/promises';
import type { ClusterPlan, PlannedNode } from '../cluster/cluster-plan.ts';
import { nodeAccounts } from '../node/accounts.ts';
import { writeTree, type TreeEntry } from '../node/file-tree.ts';
import { nodeFiles } from '../node/node-files.ts';
import { sharedFiles } from '../node/shared-files.ts';
import { buildSharedLayer } from '../node-root/node-disk.ts';
import { mustRun } from '../node-root/run-program.ts';
import { processId } from '../processes.ts';
import type { StateFolder } from '../state-folder.ts';
import { kubeconfig, knownHosts, sshConfig } from './access-files.ts';
import { hostsFile, nodemendConfiguration } from './configuration-files.ts';
import type { ControlRequest } from './control.ts';
import { serveControl } from './control-server.ts';
import { Fleet, layerFolder, type FleetOptions } from './fleet.ts';
import { forward } from './forwarder.ts';
import { handleControl } from './handle-control.ts';
import { makeSshKey, type SshKey } from './ssh-key.ts';
import { becomeIndependent, receiveListeners, tell } from './inbox.ts';
import { closeInheritedFiles } from './inherited-files.ts';
import { makeBridge } from './network.ts';
import { startPracticeApi, type PracticeApi } from './practice-api.ts';
import { sshdOptions } from './sshd-options.ts';

/** What a node may write before its disk is full; memory is used only for what it does write. */
const diskBytes = 1024 ** 3;
const privateMode = 0o600;
/** kubelet reports a node's conditions at least every five minutes; here all do every minute. */
const heartbeatEveryMs = 60_000;

/**
 * The lab daemon: PID 1 of the lab's PID namespace, in a mount and a network namespace of the lab's own. Nodes, mounts,
 * bridge and API live in it and end with it, however it ends.
 */
export async function runDaemon(folder: StateFolder): Promise<void> {
  closeInheritedFiles();
  await writeDaemonFile(folder);
  const listeners = await receiveListeners();
  const plan = JSON.parse(await readFile(folder.plan, 'utf8')) as ClusterPlan;
  for (const { index, networkAddress } of plan.nodes) forward(listeners.nodes[index], networkAddress, 22);
  const readToken = randomBytes(24).toString('base64url');
  const api = await startPracticeApi({ plan, readToken, listener: listeners.api });

  tell({ kind: 'progress', step: 'layer', done: 0, total: 1 });
  await prepareMounts(folder);
  const login = makeSshKey(`nodemend lab ${plan.name}`);
  const hostKeys = new Map(plan.nodes.map(({ name }) => [name, makeSshKey('')]));
  await writeAccess({ folder, plan, login, hostKeys, api });

  const filesOf = await nodeFilesMaker(plan, login, hostKeys);
  const onBoot: FleetOptions['onBoot'] = ({ name }, bootId, disk) => api.reports.noteBoot(name, bootId, disk);
  const onEnd = ({ name }: PlannedNode): void => api.reports.noteEnd(name);
  const fleet = new Fleet({ plan, mounts: folder.mounts, diskBytes, filesOf, onBoot, onEnd });
  const total = plan.nodes.length;
  let done = 0;
  tell({ kind: 'progress', step: 'nodes', done, total });
  await fleet.start(() => tell({ kind: 'progress', step: 'nodes', done: ++done, total }));

  setInterval(() => api.reports.noteHeartbeat(fleet.running()), heartbeatEveryMs);
  await serveControl(folder.control, (request: ControlRequest) => handleControl(fleet, request));
  becomeIndependent();
}

/** The lab's own view of processes and file systems, its network, and the layer that the nodes share. */
async function prepareMounts({ mounts }: StateFolder): Promise<void> {
  await mustRun('mounts', 'mount', ['-t', 'proc', 'proc', '/proc']);
  await mustRun('mounts', 'mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'nodemend-lab', mounts]);
  await makeBridge();
  const layer = await buildSharedLayer(layerFolder(mounts));
  await writeTree(layer, sharedFiles(await sshdOptions()));
}

async function nodeFilesMaker(
  plan: ClusterPlan,
  login: SshKey,
  hostKeys: ReadonlyMap<string, SshKey>,
): Promise<(node: PlannedNode) => readonly TreeEntry[]> {
  const machine = { passwd: await readFile('/etc/passwd', 'utf8'), group: await readFile('/etc/group', 'utf8') };
  return (node) =>
    nodeFiles({
      node,
      accounts: nodeAccounts(machine, node.group.user),
      hostKey: hostKeys.get(node.name) ?? makeSshKey(''),
      authorizedKey: login.public,
      startedAt: plan.createdAt,
    });
}

/** Must be written while /proc is still the machine's, whose process number the other commands know. */
async function writeDaemonFile(folder: StateFolder): Promise<void> {
  const self = processId(Number(await readlink('/proc/self')));
  await writeFile(folder.daemon, JSON.stringify(self), { mode: privateMode });
}

interface AccessOptions {
  readonly folder: StateFolder;
  readonly plan: ClusterPlan;
  readonly login: SshKey;
  readonly hostKeys: ReadonlyMap<string, SshKey>;
  readonly api: PracticeApi;
}

async function writeAccess({ folder, plan, login, hostKeys, api }: AccessOptions): Promise<void> {
  const publicKeys = new Map([...hostKeys].map(([name, key]) => [name, key.public]));
  const files = [
    [folder.kubeconfig, kubeconfig(plan, api.credentials)],
    [folder.identity, login.private],
    [`${folder.identity}.pub`, `${login.public}\n`],
    [folder.knownHosts, knownHosts(plan, publicKeys)],
    [folder.sshConfig, sshConfig(plan, folder)],
    [folder.configuration, nodemendConfiguration(plan, folder)],
    [folder.hosts, hostsFile(plan, folder)],
  ] as const;
  await Promise.all(files.map(([path, text]) => writeFile(path, text, { mode: privateMode })));
}
