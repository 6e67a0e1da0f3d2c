import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecRequest, ExecResult, NodeConnection } from '../../src/transport/transport.ts';
import { toolRoot, type Shell } from './tool-root.ts';

/**
 * A node for tests of node-side scripts: a private root with real programs, entered by chroot(1). Nothing that runs there can
 * name a file of the machine. It is no namespace: no process of its own, no network.
 */
export class ChrootNode {
  readonly name: string;
  readonly root: string;
  /** A process whose mount namespace the node has; only for tests that mount something. */
  private holder: ChildProcess | undefined;

  constructor(name: string, shell: Shell, folder = tmpdir()) {
    this.name = name;
    this.root = mkdtempSync(join(folder, `nodemend-node-${name}-`));
    execFileSync('sh', ['-c', 'cp -al "$1/." "$2/"', 'sh', toolRoot(shell), this.root]);
    for (const made of ['etc/logrotate.d', 'var/lib', 'tmp', 'proc/sys/kernel/random', 'dev', 'sys']) {
      mkdirSync(join(this.root, made), { recursive: true, mode: 0o755 });
    }
    execFileSync('mknod', ['-m', '666', join(this.root, 'dev/null'), 'c', '1', '3']);
    writeFileSync(join(this.root, 'etc/machine-id'), `${this.machineId}\n`);
    writeFileSync(join(this.root, 'proc/sys/kernel/random/boot_id'), `${this.bootId}\n`);
  }

  get machineId(): string {
    return Buffer.from(this.name.padEnd(16, '.')).toString('hex').slice(0, 32);
  }

  get bootId(): string {
    return `boot-of-${this.name}`;
  }

  path(inside: string): string {
    return join(this.root, inside);
  }

  /** Gives the node a mount namespace of its own and mounts there; gone with the node. */
  mount(...args: readonly string[]): void {
    this.holder ??= spawn('unshare', ['--mount', '--propagation', 'private', 'sleep', '3600'], { stdio: 'ignore' });
    const holder = String(this.holder.pid);
    // The child has left our namespace once it runs sleep.
    execFileSync('sh', ['-c', 'until grep -qx sleep "/proc/$1/comm"; do sleep 0.01; done', 'sh', holder]);
    execFileSync('nsenter', ['-t', holder, '-m', 'mount', ...args]);
  }

  /** Runs a program of the machine on the node's own files, in its mount namespace where it has one. */
  outside(program: string, ...args: readonly string[]): string {
    const [command = '', ...rest] = [...this.enter(), program, ...args];
    return execFileSync(command, rest, { encoding: 'utf8' });
  }

  connect(): NodeConnection {
    return connectToRoot(this.name, this.root, this.enter());
  }

  remove(): void {
    this.holder?.kill('SIGKILL');
    rmSync(this.root, { recursive: true, force: true });
  }

  private enter(): readonly string[] {
    return this.holder ? ['nsenter', '-t', String(this.holder.pid), '-m'] : [];
  }
}

/** A connection into a root that exists; `enter` goes into its mount namespace where it has one. */
export function connectToRoot(name: string, root: string, enter: readonly string[] = []): NodeConnection {
  return {
    node: name,
    kind: 'local',
    user: 'root',
    hostKey: undefined,
    exec: (request) => runInRoot(root, enter, request),
    close: async () => {},
  };
}

function runInRoot(root: string, enter: readonly string[], request: ExecRequest): Promise<ExecResult> {
  const [command = '', ...args] = [...enter, 'chroot', root, '/bin/sh', '-c', request.script, 'sh', ...request.args];
  // A group of its own, so that a test can kill the whole of it from inside, as a dying node would.
  const child = spawn(command, args, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {}); // it died before it read everything
  child.stdin.end(request.input ?? Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const exitCode = code ?? 137;
      resolve({ exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), truncated: false, privilege: 'root' });
    });
  });
}
