import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChrootNode } from './chroot-node.ts';
import { imageArchive } from './image-archive.ts';
import { installTools, toolRoot, type Shell } from './tool-root.ts';

const socket = '/run/containerd/containerd.sock';

/** No shims: nothing of it starts a container, it keeps images. */
function configuration({ cri, programs, configuration: more = '' }: ContainerdOptions): string {
  const disabled = ['io.containerd.internal.v1.opt', ...(cri ? [] : ['io.containerd.grpc.v1.cri'])];
  return `version = ${programs === undefined ? 2 : 3}
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ${JSON.stringify(disabled)}
[grpc]
  address = "${socket}"
${more}`;
}

export interface ContainerdOptions {
  /** Size of the file system that images are kept on, a tmpfs; without one they are where the root is, and are not unpacked. */
  readonly disk?: string;
  /** With the plugin that kubelet speaks to. */
  readonly cri?: boolean;
  /** Lines at the end of its configuration. */
  readonly configuration?: string;
  /** Folder of another containerd's programs than Debian's. */
  readonly programs?: string;
}

/** A node with a real containerd, which runs inside its root and holds images and nothing else. */
export class ContainerdNode extends ChrootNode {
  private readonly daemon: ChildProcess;

  constructor(name: string, shell: Shell, options: ContainerdOptions = {}) {
    const { disk, cri = false, programs } = options;
    // One that runs is not written over.
    const missing = ['containerd', 'ctr', 'script', 'stty', 'dd'].filter(
      (tool) => !existsSync(join(toolRoot(shell), 'usr/bin', tool)),
    );
    installTools(toolRoot(shell), missing);
    super(name, shell);
    for (const folder of ['etc/containerd', 'run', 'root', 'opt/cni/bin', 'etc/cni/net.d'])
      mkdirSync(this.path(folder), { recursive: true });
    if (programs !== undefined) this.install(programs);
    if (cri) this.mountProc();
    if (disk !== undefined) this.mountDisk(disk);
    writeFileSync(this.path('etc/containerd/config.toml'), configuration(options));
    const enter = [...this.enter(), 'chroot', this.root, '/usr/bin/containerd'];
    this.daemon = spawn('env', enter, { stdio: 'ignore' });
    const up = 'n=0; until [ -S "$1" ]; do n=$((n + 1)); [ "$n" -lt 500 ] || exit 1; sleep 0.02; done';
    execFileSync('sh', ['-c', up, 'sh', this.path(socket)]);
  }

  private install(programs: string): void {
    for (const tool of ['containerd', 'ctr']) {
      // The file is the one of all nodes.
      rmSync(this.path(`usr/bin/${tool}`));
      copyFileSync(join(programs, tool), this.path(`usr/bin/${tool}`));
    }
  }

  private mountDisk(size: string): void {
    mkdirSync(this.path('var/lib/containerd'));
    // ext4 has an inode for each 4 KiB of a disk so small (mke2fs.conf).
    this.mount('-t', 'tmpfs', '-o', `size=${size},nr_inodes=4096`, 'images', this.path('var/lib/containerd'));
    this.mountTerminals();
  }

  /** The plugin reads of itself there; nothing can be turned, and the node keeps its boot. */
  private mountProc(): void {
    writeFileSync(this.path('etc/boot-id'), `${this.bootId}\n`);
    this.mount('-t', 'proc', '-o', 'ro', 'proc', this.path('proc'));
    this.mount('--bind', this.path('etc/boot-id'), this.path('proc/sys/kernel/random/boot_id'));
  }

  /** `ctr images` in the namespace of CRI, from outside. */
  images(...args: readonly string[]): string {
    return this.outside('ctr', '--address', this.path(socket), '--namespace', 'k8s.io', 'images', ...args);
  }

  /** Gives containerd a small image under this name. @returns digest of its manifest */
  hold(name: string): string {
    const { archive, digest } = imageArchive(name);
    writeFileSync(this.path('tmp/image.tar'), archive);
    this.images('import', '--no-unpack', this.path('tmp/image.tar'));
    return digest;
  }

  /** What containerd's own list says of each record. */
  records(): readonly { readonly name: string; readonly digest: string; readonly labels: string }[] {
    const [, ...lines] = this.images('ls').trimEnd().split('\n');
    return lines.map((line) => {
      const [name = '', , digest = '', , , , labels = ''] = line.trim().split(/\s+/u);
      return { name, digest, labels };
    });
  }

  get pid(): number {
    return this.daemon.pid ?? 0;
  }

  /** Stops the daemon from doing anything, or lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.daemon.kill(name);
  }

  /** The daemon dies; its socket stays behind. */
  stop(): void {
    this.daemon.kill('SIGKILL');
  }

  override remove(): void {
    this.stop();
    super.remove();
  }
}
