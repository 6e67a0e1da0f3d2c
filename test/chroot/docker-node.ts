import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChrootNode } from './chroot-node.ts';
import { installTools, toolRoot, type Shell } from './tool-root.ts';

const socket = 'var/run/docker.sock';
/** It runs no container, so it needs no network. */
const flags = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--ip-forward=false', '--storage-driver=vfs'];

/** A node with a real dockerd, which runs inside its root and holds images and nothing else. */
export class DockerNode extends ChrootNode {
  private readonly daemon: ChildProcess;

  constructor(name: string, shell: Shell) {
    // One that runs is not written over.
    const missing = ['dockerd', 'containerd', 'runc', 'docker', 'timeout', 'script', 'stty', 'mkfifo'].filter(
      (tool) => !existsSync(join(toolRoot(shell), 'usr/bin', tool)),
    );
    installTools(toolRoot(shell), missing);
    super(name, shell);
    for (const folder of ['run', 'root', 'etc/docker', 'var/run', 'sys/fs/cgroup'])
      mkdirSync(this.path(folder), { recursive: true });
    // What unpacks a layer for dockerd gives itself another root, which only a mount can be.
    this.mount('--bind', this.root, this.root);
    writeFileSync(this.path('etc/boot-id'), `${this.bootId}\n`);
    // It will not start without one of devices; it makes none, because it runs nothing.
    this.mount('--rbind', '/sys/fs/cgroup', this.path('sys/fs/cgroup'));
    this.mount('-t', 'proc', '-o', 'ro', 'proc', this.path('proc'));
    this.mount('--bind', this.path('etc/boot-id'), this.path('proc/sys/kernel/random/boot_id'));
    this.mountTerminals();
    const [program = '', ...enter] = [...this.enter(), 'chroot', this.root, 'dockerd', ...flags];
    this.daemon = spawn(program, enter, { stdio: 'ignore', detached: true });
    const up =
      'n=0; until docker --host "unix://$1" version >/dev/null 2>&1; do n=$((n + 1)); [ "$n" -lt 200 ] || exit 1; sleep 0.1; done';
    execFileSync('sh', ['-c', up, 'sh', this.path(socket)]);
  }

  /** `docker`, from outside. */
  docker(...args: readonly string[]): string {
    return this.outside('docker', '--host', `unix://${this.path(socket)}`, ...args);
  }

  /** Stops the daemon and its containerd from doing anything, or lets them go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    // The group is the daemon's own.
    process.kill(-(this.daemon.pid ?? 0), name);
  }

  override remove(): void {
    this.signal('SIGKILL');
    super.remove();
  }
}
