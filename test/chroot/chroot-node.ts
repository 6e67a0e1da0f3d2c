import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeConnection } from '../../src/transport/transport.ts';
import { connectToRoot } from './connect-to-root.ts';
import { rootsFolder } from './roots-folder.ts';
import { toolRoot, type Shell } from './tool-root.ts';

/**
 * A node for tests of node-side scripts: a private root with real programs, entered by chroot(1). Nothing that runs
 * there can name a file of the machine. It is no namespace: no process of its own, no network.
 */
export class ChrootNode {
  readonly name: string;
  readonly root: string;
  /** A process whose mount namespace the node has; only for tests that mount something. */
  private holder: ChildProcess | undefined;

  constructor(name: string, shell: Shell, folder = rootsFolder) {
    this.name = name;
    this.root = mkdtempSync(join(folder, `nodemend-node-${name}-`));
    execFileSync('sh', ['-c', 'cp -al "$1/." "$2/"', 'sh', toolRoot(shell, folder), this.root]);
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

  /** A path as this process can open it, also where the node has mounted something. */
  reach(inside: string): string {
    return this.holder ? join(`/proc/${this.holder.pid}/root`, this.path(inside)) : this.path(inside);
  }

  /** Gives the node a mount namespace of its own and mounts there; gone with the node. */
  mount(...args: readonly string[]): void {
    this.holder ??= spawn('unshare', ['--mount', '--propagation', 'private', 'sleep', '3600'], { stdio: 'ignore' });
    const holder = String(this.holder.pid);
    // The child has left our namespace once it runs sleep.
    execFileSync('sh', ['-c', 'until grep -qx sleep "/proc/$1/comm"; do sleep 0.01; done', 'sh', holder]);
    execFileSync('nsenter', ['-t', holder, '-m', 'mount', ...args]);
  }

  /** With terminals, which script(1) makes. */
  mountTerminals(): void {
    mkdirSync(this.path('dev/pts'), { recursive: true });
    this.mount('-t', 'devpts', '-o', 'newinstance,ptmxmode=0666', 'devpts', this.path('dev/pts'));
    symlinkSync('pts/ptmx', this.path('dev/ptmx'));
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

  protected enter(): readonly string[] {
    return this.holder ? ['nsenter', '-t', String(this.holder.pid), '-m'] : [];
  }
}
