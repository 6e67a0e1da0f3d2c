import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, type Authority } from '../../src/kubernetes/testing/authority.ts';
import type { Binaries } from './binaries.ts';
import { startDaemon, type Daemon } from './daemon.ts';
import { freePorts } from './free-port.ts';
import { kubeconfigText } from './kubeconfig.ts';

export interface ControlPlaneOptions {
  readonly binaries: Binaries;
  /** Users with a bearer token of their own and no rights but what RBAC gives them. */
  readonly users?: readonly string[];
  /** More flags for kube-apiserver; a flag given twice: the last one counts. */
  readonly apiserverFlags?: readonly string[];
  /** Where its folder is made; default the temporary folder. */
  readonly parent?: string;
  /**
   * etcd's data, made when it is not there; it stays when the control plane is stopped. Default: inside its folder, and
   * gone with it.
   */
  readonly etcdFolder?: string;
  /** Folder for the logs of both. Default: its own, and gone with it. */
  readonly logs?: string;
  /** For a whole cluster: where nodes and pods find the API server. Default: on loopback only, on a free port. */
  readonly network?: ClusterNetwork;
}

interface ClusterNetwork {
  /** The server's address for nodes; it listens on all. */
  readonly advertise: string;
  readonly port: number;
  /** Other addresses it is reached by, for its certificate. */
  readonly addresses: readonly string[];
}

/** A real etcd and kube-apiserver on loopback, in a folder of their own. */
export interface ControlPlane {
  readonly folder: string;
  /** `https://127.0.0.1:port` */
  readonly server: string;
  readonly etcdServer: string;
  readonly authority: Authority;
  /** By user; `admin` is in system:masters. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Path of a kubeconfig: `admin` with a client certificate, the other users with their token. */
  readonly kubeconfig: (user: string) => string;
  /** Process ids of etcd and kube-apiserver. */
  readonly processes: () => readonly number[];
  /**
   * In the middle of everything. That of a cluster is started again, as kubelet does with a static pod.
   * @param flags that it then has besides
   */
  readonly killApiServer: (flags?: readonly string[]) => void;
  readonly stop: () => Promise<void>;
}

const readyWithinMs = 60_000;

/** Starts both, certificates included, and waits for `/readyz`: some four seconds. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const folder = await mkdtemp(join(options.parent ?? tmpdir(), 'nodemend-control-plane-'));
  const daemons: Daemon[] = [];
  const stop = async () => {
    for (const daemon of daemons.toReversed()) await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { ...(await start(folder, options, daemons)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  folder: string,
  options: ControlPlaneOptions,
  daemons: Daemon[],
): Promise<Omit<ControlPlane, 'stop'>> {
  const { binaries, network, users = [], etcdFolder = join(folder, 'etcd') } = options;
  const [clientPort = 0, peerPort = 0, freePort = 0] = await freePorts(3);
  const securePort = network?.port ?? freePort;
  const server = `https://127.0.0.1:${securePort}`;
  const etcdServer = `http://127.0.0.1:${clientPort}`;
  const authority = await createAuthority('testbed-ca');
  const tokens = new Map(['admin', ...users].map((user) => [user, randomBytes(24).toString('hex')]));
  await writeCredentials(folder, { authority, tokens, server, addresses: addressesIn(network) });

  const logFile = (name: string) => join(options.logs ?? folder, `${name}.log`);
  daemons.push(
    startDaemon({
      name: 'etcd',
      program: binaries.etcd,
      args: etcdFlags(etcdFolder, etcdServer, peerPort),
      logFile: logFile('etcd'),
    }),
  );
  const args = [
    ...apiserverFlags(folder, etcdServer, securePort),
    ...clusterFlags(folder, network),
    ...(options.apiserverFlags ?? []),
  ];
  const apiserver = startDaemon({
    name: 'kube-apiserver',
    program: binaries.apiserver,
    args,
    logFile: logFile('kube-apiserver'),
  });
  daemons.push(apiserver);
  await Promise.race([waitUntilReady(server, authority.certificate), ...daemons.map((daemon) => daemon.ended)]);
  // Only what came up once: an apiserver that never starts has to be told, not tried for ever.
  if (network) apiserver.keepRunning();
  const processes = () => daemons.flatMap((daemon) => daemon.pid() ?? []);
  return {
    folder,
    server,
    etcdServer,
    authority,
    tokens,
    kubeconfig: (user) => join(folder, `${user}.kubeconfig`),
    processes,
    killApiServer: (flags = []) => apiserver.kill([...args, ...flags]),
  };
}

function addressesIn(network: ClusterNetwork | undefined): readonly string[] {
  return network ? [network.advertise, ...network.addresses] : [];
}

interface Parts {
  readonly authority: Authority;
  readonly tokens: ReadonlyMap<string, string>;
  readonly server: string;
  readonly addresses: readonly string[];
}

async function writeCredentials(folder: string, { authority, tokens, server, addresses }: Parts): Promise<void> {
  const serving = await authority.issue({
    commonName: 'kube-apiserver',
    ip: ['127.0.0.1', '10.96.0.1', ...addresses],
    dns: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
  });
  const admin = await authority.issue({ commonName: 'admin', organizations: ['system:masters'] });
  const kubeletClient = await authority.issue({
    commonName: 'kube-apiserver-kubelet-client',
    organizations: ['system:masters'],
  });
  const serviceAccounts = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const csv = [...tokens]
    .map(([user, token]) => `${token},${user},${user}${user === 'admin' ? ',system:masters' : ''}\n`)
    .join('');
  const kubeconfigs = [...tokens].map(([user, token]) => {
    const proof = user === 'admin' ? admin : { token };
    return [`${user}.kubeconfig`, kubeconfigText({ server, ca: authority.certificate, user, ...proof })] as const;
  });
  const files: readonly (readonly [string, string])[] = [
    ['ca.crt', authority.certificate],
    ['apiserver.crt', serving.certificate],
    ['apiserver.key', serving.key],
    ['kubelet-client.crt', kubeletClient.certificate],
    ['kubelet-client.key', kubeletClient.key],
    ['service-accounts.key', serviceAccounts.privateKey],
    ['service-accounts.pub', serviceAccounts.publicKey],
    ['tokens.csv', csv],
    ...kubeconfigs,
  ];
  await Promise.all(files.map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o600 })));
}

function etcdFlags(dataFolder: string, clientUrl: string, peerPort: number): readonly string[] {
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  return [
    `--data-dir=${dataFolder}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    // The data is thrown away; a crash of the machine ends the test anyway.
    '--unsafe-no-fsync',
  ];
}

function apiserverFlags(folder: string, etcdServer: string, port: number): readonly string[] {
  return [
    `--etcd-servers=${etcdServer}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    // The Endpoints of the service `kubernetes` may not be a loopback address.
    '--endpoint-reconciler-type=none',
    `--secure-port=${port}`,
    `--tls-cert-file=${join(folder, 'apiserver.crt')}`,
    `--tls-private-key-file=${join(folder, 'apiserver.key')}`,
    `--client-ca-file=${join(folder, 'ca.crt')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    `--service-account-key-file=${join(folder, 'service-accounts.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'service-accounts.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
  ];
}

/** What the server of a cluster with nodes needs over that: to be found by them, and to speak to their kubelets. */
function clusterFlags(folder: string, network: ClusterNetwork | undefined): readonly string[] {
  if (!network) return [];
  return [
    '--bind-address=0.0.0.0',
    `--advertise-address=${network.advertise}`,
    '--endpoint-reconciler-type=lease',
    `--kubelet-client-certificate=${join(folder, 'kubelet-client.crt')}`,
    `--kubelet-client-key=${join(folder, 'kubelet-client.key')}`,
    `--kubelet-certificate-authority=${join(folder, 'ca.crt')}`,
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

async function waitUntilReady(server: string, ca: string): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (!(await isReady(server, ca))) {
    if (performance.now() > deadline) throw new Error(`${server} is not ready after ${readyWithinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** `/readyz` is open to everybody (ClusterRole system:public-info-viewer). */
async function isReady(server: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(`${server}/readyz`, { ca, timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    })
      .on('timeout', function (this: { destroy: () => void }) {
        this.destroy();
      })
      .on('error', () => resolve(false));
  });
}
