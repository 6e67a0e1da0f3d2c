import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { ChrootNode } from './chroot-node.ts';
import { imageArchive } from './image-archive.ts';
import { installTool, toolRoot, type Shell } from './tool-root.ts';

const socket = '/run/containerd/containerd.sock';

/** No CRI plugin and no shims: nothing of it starts a container, it keeps images. */
const configuration = `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
  address = "${socket}"
`;

/** A node with a real containerd, which runs inside its root and holds images and nothing else. */
export class ContainerdNode extends ChrootNode {
  private readonly daemon: ChildProcess;

  constructor(name: string, shell: Shell) {
    for (const tool of ['containerd', 'ctr']) installTool(toolRoot(shell), tool);
    super(name, shell);
    for (const folder of ['etc/containerd', 'run']) mkdirSync(this.path(folder), { recursive: true });
    writeFileSync(this.path('etc/containerd/config.toml'), configuration);
    this.daemon = spawn('chroot', [this.root, '/usr/bin/containerd'], { stdio: 'ignore' });
    const up = 'n=0; until [ -S "$1" ]; do n=$((n + 1)); [ "$n" -lt 500 ] || exit 1; sleep 0.02; done';
    execFileSync('sh', ['-c', up, 'sh', this.path(socket)]);
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

  /** The daemon dies; its socket stays behind. */
  stop(): void {
    this.daemon.kill('SIGKILL');
  }

  override remove(): void {
    this.stop();
    super.remove();
  }
}
