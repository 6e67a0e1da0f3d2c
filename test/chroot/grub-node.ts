import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ChrootNode } from './chroot-node.ts';
import { unpackedPackage } from './debian-package.ts';
import standInProbe from './stand-in-grub-probe.sh?raw';
import { installLibraries, installTool, type Shell } from './tool-root.ts';

/** What Debian's GRUB calls, beside what every node of these tests has. */
const needed = ['awk', 'cut', 'uname', 'gettext', 'fgrep', 'dpkg'] as const;

const grubPrograms = [
  'grub-mkconfig',
  'update-grub',
  'grub-script-check',
  'grub-editenv',
  'grub-file',
  'grub-mkrelpath',
];

export const kernels = ['6.1.0-25-amd64', '6.1.0-28-amd64'] as const;

export const rootUuid = '3f1c9d0e-5a77-4c0b-9d55-0123456789ab';

/**
 * A node that Debian's own GRUB boots: `update-grub`, `grub-mkconfig`, its scripts in `/etc/grub.d` and
 * `grub-script-check` are those of the packages. `grub-probe` is a stand-in, because a private root lies on no disk.
 */
export class GrubNode extends ChrootNode {
  constructor(shell: Shell) {
    super('worker-1', shell);
    const [common, more] = [unpackedPackage('grub-common'), unpackedPackage('grub2-common')];
    for (const name of grubPrograms) {
      const program = [common, more]
        .flatMap((root) => [join(root, 'usr/bin', name), join(root, 'usr/sbin', name)])
        .find((path) => existsSync(path));
      if (program === undefined) throw new Error(`Debian's packages have no ${name} any more`);
      this.program(name, program);
      installLibraries(this.root, program);
    }
    cpSync(join(common, 'etc/grub.d'), this.path('etc/grub.d'), { recursive: true });
    cpSync(join(common, 'usr/share/grub'), this.path('usr/share/grub'), { recursive: true });
    writeFileSync(this.path('usr/bin/grub-probe'), standInProbe, { mode: 0o755 });
    if (shell !== 'busybox') for (const tool of needed) installTool(this.root, tool);
    this.put(`/dev/disk/by-uuid/${rootUuid}`, '');
    // A probe asks it who it is.
    this.put('/proc/self/status', 'Uid:\t0\t0\t0\t0\n');
    this.runs('root');
  }

  /** The kernel that runs, as GRUB gave it its command line. */
  runs(more: 'root' | 'cgroup.memory=nokmem'): void {
    const words = [`BOOT_IMAGE=/boot/vmlinuz-${kernels[1]}`, `root=UUID=${rootUuid}`, 'ro', 'quiet'];
    this.put('/proc/cmdline', `${[...words, ...(more === 'root' ? [] : [more])].join(' ')}\n`);
  }

  /** Two kernels, Debian's defaults, and what update-grub makes of them. */
  reset(defaults = debianDefaults): void {
    for (const folder of ['/etc/default', '/boot']) rmSync(this.path(folder), { recursive: true, force: true });
    mkdirSync(this.path('/boot/grub'), { recursive: true, mode: 0o755 });
    for (const kernel of kernels) {
      this.put(`/boot/vmlinuz-${kernel}`, 'a kernel\n');
      this.put(`/boot/initrd.img-${kernel}`, 'an initrd\n');
    }
    this.put('/etc/default/grub', defaults);
    this.updateGrub();
  }

  updateGrub(): void {
    this.outside(
      'chroot',
      this.root,
      '/bin/sh',
      '-c',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin exec update-grub 2>/dev/null',
    );
  }

  put(path: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(path)), { recursive: true, mode: 0o755 });
    writeFileSync(this.path(path), content);
    chmodSync(this.path(path), mode);
  }

  private program(name: string, from: string): void {
    copyFileSync(from, this.path(`usr/bin/${name}`));
    chmodSync(this.path(`usr/bin/${name}`), 0o755);
  }
}

/** `/etc/default/grub` of Debian 12 (grub2-common 2.06), without its comments. */
export const debianDefaults = `GRUB_DEFAULT=0
GRUB_TIMEOUT=5
GRUB_DISTRIBUTOR=\`lsb_release -i -s 2> /dev/null || echo Debian\`
GRUB_CMDLINE_LINUX_DEFAULT="quiet"
GRUB_CMDLINE_LINUX=""
`;
