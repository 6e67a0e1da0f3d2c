import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { ClusterPlan } from '../cluster/cluster-plan.ts';
import { nodeAccounts } from '../node/accounts.ts';
import { writeTree } from '../node/file-tree.ts';
import { nodeFiles } from '../node/node-files.ts';
import { sharedFiles } from '../node/shared-files.ts';
import { buildSharedLayer } from '../node-root/node-disk.ts';
import { mustRun } from '../node-root/run-program.ts';
import { processId } from '../processes.ts';
import type { StateFolder } from '../state-folder.ts';
import { kubeconfig, knownHosts, sshConfig } from './access-files.ts';
import { hostsFile, nodemendConfiguration } from './configuration-files.ts';
import { serveControl } from './control-server.ts';
import { Fleet, layerFolder } from './fleet.ts';
import { forward } from './forwarder.ts';
import { handleControl } from './handle-control.ts';
import { makeSshKey, type SshKey } from './ssh-key.ts';
import { becomeIndependent, receiveListeners, tell } from './inbox.ts';
import { makeBridge } from './network.ts';
import { startPracticeApi, type PracticeApi } from './practice-api.ts';
import { sshdOptions } from './sshd-options.ts';

/** What a node may write before its disk is full; memory is used only for what it does write. */
const diskBytes = 1024 ** 3;
const privateMode = 0o600;

/**
 * The lab daemon: PID 1 of the lab's PID namespace, in a mount and a network namespace of the lab's own. Nodes, mounts,
 * bridge and API live in it and end with it, however it ends.
 */
export async function runDaemon(folder: StateFolder): Promise<void> {
  await writeDaemonFile(folder);
  const listeners = await receiveListeners();
  const plan = JSON.parse(await readFile(folder.plan, 'utf8')) as ClusterPlan;
  const total = plan.nodes.length;

  tell({ kind: 'progress', step: 'layer', done: 0, total: 1 });
  await mustRun('mounts', 'mount', ['-t', 'proc', 'proc', '/proc']);
  await mustRun('mounts', 'mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'nodemend-lab', folder.mounts]);
  await makeBridge();
  const layer = await buildSharedLayer(layerFolder(folder.mounts));
  await writeTree(layer, sharedFiles(await sshdOptions()));

  const login = makeSshKey(`nodemend lab ${plan.name}`);
  const hostKeys = new Map(plan.nodes.map(({ name }) => [name, makeSshKey('')]));
  const machine = { passwd: await readFile('/etc/passwd', 'utf8'), group: await readFile('/etc/group', 'utf8') };
  const bootIds = new Map<string, string>();
  let api: PracticeApi | undefined;
  const fleet = new Fleet({
    plan,
    mounts: folder.mounts,
    diskBytes,
    filesOf: (node) =>
      nodeFiles({
        node,
        accounts: nodeAccounts(machine, node.group.user),
        hostKey: hostKeys.get(node.name) ?? makeSshKey(''),
        authorizedKey: login.public,
        startedAt: plan.createdAt,
      }),
    onBoot: ({ name }, bootId) => {
      bootIds.set(name, bootId);
      api?.noteBoot(name, bootId);
    },
  });
  let done = 0;
  tell({ kind: 'progress', step: 'nodes', done, total });
  await fleet.start(() => tell({ kind: 'progress', step: 'nodes', done: ++done, total }));

  tell({ kind: 'progress', step: 'cluster', done: 0, total: 1 });
  for (const node of plan.nodes) {
    const listener = listeners.nodes[node.index];
    if (listener) forward(listener, node.networkAddress, 22);
  }
  const running = (): readonly string[] => [...fleet.states()].filter(([, runs]) => runs).map(([name]) => name);
  api = await startPracticeApi({ plan, bootIds, readToken: randomBytes(24).toString('base64url'), listener: listeners.api, running });
  await writeAccess({ folder, plan, login, hostKeys, api });
  await serveControl(folder.control, (request) => handleControl(fleet, request));
  becomeIndependent();
}

/** Must be written while /proc is still the machine's, whose process number the other commands know. */
async function writeDaemonFile(folder: StateFolder): Promise<void> {
  const { readlinkSync } = await import('node:fs');
  const self = processId(Number(readlinkSync('/proc/self')));
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
