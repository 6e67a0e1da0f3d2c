import type { Accounts } from '../../lab/node/accounts.ts';
import type { TreeEntry } from '../../lab/node/file-tree.ts';
import { sshdConfig, sudoers } from '../../lab/node/login-files.ts';
import type { SshKey } from '../../lab/daemon/ssh-key.ts';
import { serviceAddress, loginUser, type PlannedRegistry, type Reached, type Runtime } from '../testbed-plan.ts';
import { sandboxImage } from './image-archive.ts';
import kernelCommandLineScript from './kernel-command-line.sh?raw';
import loadImagesScript from './load-images.sh?raw';
import { containerdCertificates } from './registry-files.ts';
import runcScript from './runc-within-limits.sh?raw';

export interface IdentityOptions {
  readonly name: string;
  readonly where: Reached;
  /** Names that it knows without a name server. */
  readonly registries: readonly PlannedRegistry[];
  readonly machineId: string;
  readonly accounts: Accounts;
  readonly hostKey: SshKey;
  /** One line of authorized_keys. */
  readonly authorizedKey: string;
}

const loginId = 1000;
const shadowGroupMode = 0o640;

/** Who a node or the bastion is, and who may log in to it. */
export function identityFiles({
  name,
  where,
  registries,
  machineId,
  accounts,
  hostKey,
  authorizedKey,
}: IdentityOptions): readonly TreeEntry[] {
  const home = `/home/${loginUser}`;
  return [
    { path: '/etc', kind: 'folder' },
    { path: '/etc/hostname', kind: 'file', content: `${name}\n` },
    {
      path: '/etc/hosts',
      kind: 'file',
      content: hostsFile([
        ['127.0.0.1', 'localhost'],
        [where.networkAddress, name],
        [serviceAddress, 'kubernetes'],
        ...registries.map(({ networkAddress, host }) => [networkAddress, host] as const),
      ]),
    },
    { path: '/etc/machine-id', kind: 'file', content: `${machineId}\n`, mode: 0o444 },
    { path: '/etc/ssh/ssh_host_ed25519_key', kind: 'file', content: hostKey.private, mode: 0o600 },
    { path: '/etc/ssh/ssh_host_ed25519_key.pub', kind: 'file', content: `${hostKey.public}\n` },
    { path: '/etc/passwd', kind: 'file', content: accounts.passwd },
    { path: '/etc/group', kind: 'file', content: accounts.group },
    { path: '/etc/shadow', kind: 'file', content: accounts.shadow, mode: shadowGroupMode },
    { path: '/etc/gshadow', kind: 'file', content: accounts.gshadow, mode: shadowGroupMode },
    { path: home, kind: 'folder', mode: 0o755, owner: loginId },
    { path: `${home}/.ssh`, kind: 'folder', mode: 0o700, owner: loginId },
    { path: `${home}/.ssh/authorized_keys`, kind: 'file', content: `${authorizedKey}\n`, mode: 0o600, owner: loginId },
  ];
}

function hostsFile(entries: readonly (readonly [address: string, name: string])[]): string {
  return entries.map(([address, name]) => `${address} ${name}\n`).join('');
}

/** What all nodes and the bastion have in common. */
export function sharedFiles(sshdExtra: readonly string[]): readonly TreeEntry[] {
  return [
    { path: '/etc/ssh/sshd_config', kind: 'file', content: sshdConfig(sshdExtra) },
    { path: '/etc/sudoers', kind: 'file', content: sudoers, mode: 0o440 },
    // Where cloud-init puts the right of an image's user.
    {
      path: '/etc/sudoers.d/90-cloud-init-users',
      kind: 'file',
      content: `${loginUser} ALL=(ALL) NOPASSWD:ALL\n`,
      mode: 0o440,
    },
    { path: '/etc/os-release', kind: 'link', target: '../usr/lib/os-release' },
    { path: '/etc/resolv.conf', kind: 'file', content: 'nameserver 10.77.0.1\n' },
    { path: '/etc/fstab', kind: 'file', content: '' },
    { path: '/usr/lib/testbed/load-images.sh', kind: 'file', content: loadImagesScript, mode: 0o755 },
    { path: '/usr/lib/testbed/kernel-command-line.sh', kind: 'file', content: kernelCommandLineScript, mode: 0o755 },
    { path: '/usr/lib/testbed/runc', kind: 'file', content: runcScript, mode: 0o755 },
    { path: '/opt/cni/bin', kind: 'link', target: '/usr/lib/cni' },
    { path: '/boot/grub/grub.cfg', kind: 'file', content: grubConfig, mode: 0o444 },
    { path: '/etc/default/grub', kind: 'file', content: grubDefaults },
  ];
}

const grubDefaults = 'GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n';

/** The shape that Debian's grub-mkconfig writes: a node's command line comes from its default entry at every boot. */
const grubConfig = `if [ "\${next_entry}" ] ; then
   set default="\${next_entry}"
else
   set default="0"
fi

menuentry 'Debian GNU/Linux' --class debian --class gnu-linux {
	linux	/boot/vmlinuz root=/dev/vda1 ro quiet
	initrd	/boot/initrd.img
}
submenu 'Advanced options for Debian GNU/Linux' {
	menuentry 'Debian GNU/Linux (recovery mode)' --class debian {
		linux	/boot/vmlinuz root=/dev/vda1 ro single
		initrd	/boot/initrd.img
	}
}
`;

export interface RuntimeOptions {
  readonly runtime: Runtime;
  /** The machine lacks CAP_SYS_RESOURCE: no OOM score may be lowered. */
  readonly restricted: boolean;
  /** The machine has cgroup v2. */
  readonly unified: boolean;
}

/** On cgroup v2 dockerd would let systemd make the groups, and kubelet is told to make them itself. */
const cgroupfs = { 'exec-opts': ['native.cgroupdriver=cgroupfs'] };

/** The runtimes' own configuration. */
export function runtimeFiles({ runtime, restricted, unified }: RuntimeOptions): readonly TreeEntry[] {
  const containerd = runtime === 'containerd2' ? containerd2Config(restricted) : containerdConfig(restricted);
  const shared: readonly TreeEntry[] = [{ path: '/etc/containerd/config.toml', kind: 'file', content: containerd }];
  if (runtime !== 'docker') return shared;
  const wrapped = { runtimes: { restricted: { path: '/usr/lib/testbed/runc' } }, 'default-runtime': 'restricted' };
  // As nodes of a cluster have it: with rules of its own dockerd would drop what is forwarded between pods.
  const daemon = {
    'log-driver': 'json-file',
    iptables: false,
    'ip-masq': false,
    ...wrapped,
    ...(unified ? cgroupfs : {}),
  };
  return [
    ...shared,
    { path: '/etc/docker/daemon.json', kind: 'file', content: `${JSON.stringify(daemon, undefined, 2)}\n` },
  ];
}

/** The defaults of containerd 1.6, nothing pinned. The sandbox image is named because other 1.x have another one. */
function containerdConfig(restricted: boolean): string {
  const cri = '[plugins."io.containerd.grpc.v1.cri"]';
  const registry = ['[plugins."io.containerd.grpc.v1.cri".registry]', `  config_path = "${containerdCertificates}"`];
  return [
    'version = 2',
    cri,
    `  sandbox_image = "${sandboxImage}"`,
    ...(restricted ? ['  restrict_oom_score_adj = true'] : []),
    ...registry,
    '',
  ].join('\n');
}

/** In containerd 2 the sandbox image is one of the pinned images, which no collection of unused images takes. */
function containerd2Config(restricted: boolean): string {
  const images = ['[plugins."io.containerd.cri.v1.images".pinned_images]', `  sandbox = "${sandboxImage}"`];
  const runtime = ['[plugins."io.containerd.cri.v1.runtime"]', '  restrict_oom_score_adj = true'];
  const registry = ['[plugins."io.containerd.cri.v1.images".registry]', `  config_path = "${containerdCertificates}"`];
  return ['version = 3', ...images, ...registry, ...(restricted ? runtime : []), ''].join('\n');
}
