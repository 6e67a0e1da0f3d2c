import { execFileSync, spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuMsOf } from '../../bench/process-usage.ts';
import { createPrivateRoot, type PrivateRoot } from '../private-root.ts';
import { makeSshKey } from '../ssh-keys.ts';

export interface ImageNodesOptions {
  readonly count: number;
  /** Of each node's link, both ways, Mbit/s; as fast as it goes without. */
  readonly mbit?: number;
}

/**
 * Nodes with a real sshd and a real containerd and nothing else: a root and a network of their own each, joined by a
 * bridge. Whoever speaks to them stands at the bridge. Nothing of it is in the machine's own network. Needs root.
 */
export class ImageNodes {
  readonly names: readonly string[];
  /** Of the configuration, the hosts file and what a run leaves. */
  readonly folder: string;
  private readonly roots: readonly PrivateRoot[];
  private readonly holders: readonly ChildProcess[];
  private readonly servers: ChildProcess[] = [];

  private constructor(folder: string, roots: readonly PrivateRoot[], holders: readonly ChildProcess[]) {
    this.folder = folder;
    this.roots = roots;
    this.holders = holders;
    this.names = roots.map((_, at) => `worker-${at + 1}`);
  }

  static async start({ count, mbit }: ImageNodesOptions): Promise<ImageNodes> {
    const folder = mkdtempSync(join(tmpdir(), 'nodemend-image-nodes-'));
    chmodSync(folder, 0o755);
    // The first is the network of the bridge.
    const holders = Array.from({ length: count + 1 }, () =>
      spawn('unshare', ['--net', 'sleep', '3600'], { stdio: 'ignore' }),
    );
    const roots = await Promise.all(Array.from({ length: count }, () => createPrivateRoot()));
    const nodes = new ImageNodes(folder, roots, holders);
    try {
      nodes.wire(mbit);
      nodes.serve();
      return nodes;
    } catch (error) {
      await nodes.close();
      throw error;
    }
  }

  /** Runs a program at the bridge, with this user's state in a folder of the test's. */
  atBridge(program: string, args: readonly string[]): SpawnSyncReturns<string> {
    const [enter = '', ...rest] = this.enterBridge;
    return spawnSync(enter, [...rest, program, ...args], { encoding: 'utf8', env: this.environment });
  }

  get enterBridge(): readonly string[] {
    return ['nsenter', `--net=/proc/${this.holders[0]?.pid}/ns/net`, '--'];
  }

  get environment(): NodeJS.ProcessEnv {
    const { folder } = this;
    return { ...process.env, HOME: folder, XDG_STATE_HOME: join(folder, 'state'), LANG: 'C', CI: '', NO_COLOR: '1' };
  }

  /** The options by which nodemend reaches them. */
  get access(): readonly string[] {
    return ['--hosts', join(this.folder, 'hosts'), '--known-hosts', join(this.folder, 'known_hosts')];
  }

  /** Those of the user's own ssh. */
  get sshOptions(): readonly string[] {
    const known = `UserKnownHostsFile=${join(this.folder, 'known_hosts')}`;
    return ['-F', 'none', '-i', join(this.folder, 'id'), '-o', known, '-o', 'BatchMode=yes'];
  }

  address(name: string): string {
    return addressOf(this.names.indexOf(name));
  }

  /** Runs a script on a node, from outside. */
  on(name: string, script: string, ...args: readonly string[]): string {
    return this.root(name).run(script, ...args);
  }

  /** A folder that a node sees under the same name. */
  shared(name: string): string {
    return this.root(name).shared;
  }

  /** containerd's records of kubelet's namespace: name → digest. */
  images(name: string): ReadonlyMap<string, string> {
    const [, ...lines] = this.on(name, 'ctr -n k8s.io images ls').trimEnd().split('\n');
    return new Map(
      lines.map((line) => [
        line.split(/\s+/u)[0] ?? '',
        /sha256:[0-9a-f]{64}/u.exec(line.replace(/^\S+/u, ''))?.[0] ?? '',
      ]),
    );
  }

  /** Processor time that all nodes' sshd and containerd took so far, and what ended below them, milliseconds. */
  cpuMs(): number {
    // nsenter waits for each.
    const below = this.servers.map(({ pid }) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
    return below.reduce((sum, pid) => sum + cpuMsOf(Number(pid)), 0);
  }

  /** Ends what serves connections of a node, as a crash would. */
  dropConnections(name: string): void {
    this.on(
      name,
      'for one in $(pgrep -P "$(cat /run/sshd.pid)"); do pkill -KILL -P "$one" -x "sshd|sshd-session"; kill -KILL "$one"; done; :',
    );
  }

  /** Bytes that came to a node over its link so far. */
  received(name: string): number {
    const holder = String(this.holders[this.names.indexOf(name) + 1]?.pid);
    const link = ['-t', holder, '-n', 'ip', '-s', '-j', 'link', 'show', 'eth0'];
    const [shown] = JSON.parse(execFileSync('nsenter', link, { encoding: 'utf8' })) as [
      { readonly stats64: { readonly rx: { readonly bytes: number } } },
    ];
    return shown.stats64.rx.bytes;
  }

  /** Ends its sshd with all connections, and starts it again so much later. */
  restartSsh(name: string, afterMs: number): void {
    this.endSsh(name);
    setTimeout(() => this.startSsh(name), afterMs);
  }

  startSsh(name: string): void {
    this.start(this.names.indexOf(name), ['/usr/sbin/sshd', '-D', '-f', '/etc/ssh/image-node']);
  }

  /** Ends its sshd for good, with all connections. */
  endSsh(name: string): void {
    this.on(name, 'kill -STOP "$(cat /run/sshd.pid)"');
    this.dropConnections(name);
    this.on(name, 'kill -KILL "$(cat /run/sshd.pid)"');
  }

  async close(): Promise<void> {
    for (const server of this.servers) server.kill('SIGKILL');
    await Promise.all(this.roots.map((root) => root.close()));
    for (const holder of this.holders) holder.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private root(name: string): PrivateRoot {
    const root = this.roots[this.names.indexOf(name)];
    if (root === undefined) throw new Error(`there is no ${name}`);
    return root;
  }

  private wire(mbit: number | undefined): void {
    const pids = this.holders.map(({ pid }) => String(pid));
    const [hub = '', ...others] = pids;
    // Each has left our namespace once it runs sleep.
    for (const pid of pids)
      execFileSync('sh', ['-c', 'until grep -qx sleep "/proc/$1/comm"; do sleep 0.01; done', 'sh', pid]);
    const inNet = (pid: string, ...words: readonly string[]): void =>
      void execFileSync('nsenter', ['-t', pid, '-n', ...words]);
    inNet(hub, 'ip', 'link', 'set', 'lo', 'up');
    inNet(hub, 'ip', 'link', 'add', 'br0', 'type', 'bridge');
    inNet(hub, 'ip', 'address', 'add', '10.99.0.1/24', 'dev', 'br0');
    inNet(hub, 'ip', 'link', 'set', 'br0', 'up');
    for (const [at, pid] of others.entries()) {
      inNet(hub, 'ip', 'link', 'add', `to${at}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pid);
      inNet(hub, 'ip', 'link', 'set', `to${at}`, 'master', 'br0', 'up');
      inNet(pid, 'ip', 'link', 'set', 'lo', 'up');
      inNet(pid, 'ip', 'address', 'add', `${addressOf(at)}/24`, 'dev', 'eth0');
      inNet(pid, 'ip', 'link', 'set', 'eth0', 'up');
      if (mbit === undefined) continue;
      const limit = ['root', 'tbf', 'rate', `${mbit}mbit`, 'burst', '64kb', 'latency', '100ms'];
      inNet(hub, 'tc', 'qdisc', 'add', 'dev', `to${at}`, ...limit);
      inNet(pid, 'tc', 'qdisc', 'add', 'dev', 'eth0', ...limit);
    }
  }

  private start(at: number, command: readonly string[]): void {
    const root = this.root(this.names[at] ?? '');
    const enter = [`--net=/proc/${this.holders[at + 1]?.pid}/ns/net`, '--', ...root.enter];
    this.servers.push(spawn('nsenter', [...enter, ...command], { stdio: 'ignore' }));
  }

  private serve(): void {
    const key = makeSshKey(this.folder, 'id');
    const known: string[] = [];
    for (const [at, root] of this.roots.entries()) {
      const host = makeSshKey(root.shared, 'host');
      known.push(`${addressOf(at)} ${host.publicLine}\n`);
      chmodSync(root.shared, 0o755);
      mkdirSync(join(root.shared, 'authorized'));
      writeFileSync(join(root.shared, 'authorized/root'), `${key.publicLine}\n`);
      const machine = Buffer.from(`image-node-${at}`.padEnd(16, '.')).toString('hex');
      root.run(prepare, machine, addressOf(at), root.shared);
      this.startSsh(this.names[at] ?? '');
      this.start(at, ['containerd', '--log-level', 'error']);
    }
    writeFileSync(join(this.folder, 'known_hosts'), known.join(''));
    const hosts = this.names.map((name, at) => `${name} ${addressOf(at)} user=root identity=${key.path}\n`);
    writeFileSync(join(this.folder, 'hosts'), hosts.join(''));
    for (const name of this.names) this.on(name, up);
  }
}

function addressOf(at: number): string {
  return `10.99.0.${at + 10}`;
}

/**
 * A root's own identity, a containerd whose files are not below another overlay, and a home with nothing in it: what this
 * machine's root has in its .bashrc would be run with each command.
 */
const prepare = `
printf '%s\\n' "$1" >/etc/machine-id
mkdir -p /var/lib/containerd /run/sshd /etc/containerd
mount -t tmpfs containerd /var/lib/containerd
mount -t tmpfs -o mode=0700 home /root
printf 'version = 2\\ndisabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]\\n' >/etc/containerd/config.toml
cat >/etc/ssh/image-node <<CONFIG
ListenAddress $2
Port 22
HostKey $3/host
PidFile /run/sshd.pid
AuthorizedKeysFile $3/authorized/%u
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
MaxStartups 400:30:600
CONFIG
`;

const up = `n=0
until [ -S /run/containerd/containerd.sock ] && [ -s /run/sshd.pid ]; do
  n=$((n + 1))
  [ "$n" -lt 500 ] || exit 1
  sleep 0.02
done`;
