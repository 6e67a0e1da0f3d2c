import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { BootArgumentAction } from '../../src/actions/boot-argument/boot-argument-action.ts';
import bootStateScript from '../../src/grub/boot-state.sh?raw';
import { parseBootState, type BootState } from '../../src/grub/boot-state.ts';
import { argumentOnNode } from '../../src/problems/kernel-memory/boot-argument/boot-argument-action.ts';
import { ChrootNode } from './chroot-node.ts';
import { unpackedPackage } from './debian-package.ts';
import standInGrubby from './stand-in-grubby.sh?raw';
import standInProbe from './stand-in-grub-probe.sh?raw';
import { installLibraries, installTools, type Shell } from './tool-root.ts';

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
  /** What update-grub made, by what it makes it of: it starts some 400 programs, and tests begin from the same hundreds of times. */
  readonly #made = new Map<string, { readonly config: Buffer; readonly mode: number }>();

  constructor(shell: Shell) {
    super('worker-1', shell);
    const [common, more] = [unpackedPackage('grub-common'), unpackedPackage('grub2-common')];
    for (const name of grubPrograms) {
      const program = [common, more]
        .flatMap((root) => [join(root, 'usr/bin', name), join(root, 'usr/sbin', name)])
        .find((path) => existsSync(path));
      if (program === undefined) throw new Error(`Debian's packages have no ${name} any more`);
      this.program(name, program);
      installLibraries(this.root, [program]);
    }
    cpSync(join(common, 'etc/grub.d'), this.path('etc/grub.d'), { recursive: true });
    cpSync(join(common, 'usr/share/grub'), this.path('usr/share/grub'), { recursive: true });
    writeFileSync(this.path('usr/bin/grub-probe'), standInProbe, { mode: 0o755 });
    if (shell !== 'busybox') installTools(this.root, needed);
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
    const path = this.path('/boot/grub/grub.cfg');
    const made = this.#made.get(this.#sources());
    if (made === undefined) {
      this.updateGrub();
      this.#made.set(this.#sources(), { config: readFileSync(path), mode: statSync(path).mode & 0o7777 });
    } else writeFileSync(path, made.config, { mode: made.mode });
  }

  /** What tests change of it. */
  #sources(): string {
    const folder = this.path('etc/grub.d');
    const scripts = readdirSync(folder).map((name) => {
      const path = join(folder, name);
      return [name, statSync(path).mode, readFileSync(path, 'latin1')];
    });
    return JSON.stringify([readFileSync(this.path('/etc/default/grub'), 'latin1'), scripts]);
  }

  /** Rocky Linux 9's layout, put together from its documents: entries with their own options, on BIOS. */
  resetEnterprise(): void {
    for (const name of ['grub-mkconfig', 'update-grub']) rmSync(this.path(`usr/bin/${name}`), { force: true });
    if (!existsSync(this.path('usr/bin/grubby')))
      writeFileSync(this.path('usr/bin/grubby'), standInGrubby, { mode: 0o755 });
    for (const folder of ['/etc/default', '/etc/kernel', '/boot'])
      rmSync(this.path(folder), { recursive: true, force: true });
    const options = 'root=UUID=77aa ro crashkernel=1G-4G:192M';
    for (const kernel of ['5.14.0-362.el9.x86_64', '5.14.0-427.el9.x86_64']) {
      this.put(`/boot/vmlinuz-${kernel}`, 'a kernel\n');
      this.put(
        `/boot/loader/entries/0123-${kernel}.conf`,
        `title Rocky Linux (${kernel}) 9.4\nversion ${kernel}\nlinux /vmlinuz-${kernel}\noptions ${options}\n`,
      );
    }
    this.put('/boot/grub2/grub.cfg', 'insmod blscfg\nblscfg\n', 0o600);
    this.put('/etc/kernel/cmdline', `${options}\n`);
    this.put('/etc/default/grub', 'GRUB_CMDLINE_LINUX="crashkernel=1G-4G:192M"\nGRUB_ENABLE_BLSCFG=true\n');
    this.put('/proc/cmdline', `BOOT_IMAGE=(hd0,msdos1)/vmlinuz-5.14.0-427.el9.x86_64 ${options}\n`);
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

/** What is seen of a node's GRUB, under the node's own shell. */
export function bootStateOf(node: ChrootNode): BootState {
  const script = `PATH=/usr/sbin:/usr/bin:/sbin:/bin\n${bootStateScript}\nnm_grub_state`;
  const printed = node.outside('chroot', node.root, '/bin/sh', '-c', script);
  const state = parseBootState(printed);
  if (state === undefined) throw new Error(printed);
  return state;
}

/** What a plan would say of the argument there. @throws Error where it would refuse, or has nothing to do */
export function bootArgumentAction(node: ChrootNode): BootArgumentAction {
  const why = { key: 'plan.boot-argument', params: {} };
  const planned = argumentOnNode(bootStateOf(node), { node: node.name, cures: ['0123456789ab'], why });
  if (planned.outcome !== 'action') throw new Error(JSON.stringify(planned));
  return planned.action;
}
