import type { PlannedNode } from '../cluster/cluster-plan.ts';
import type { Accounts } from './accounts.ts';
import { containerFiles } from './container-files.ts';
import type { TreeEntry } from './file-tree.ts';
import { grubFiles } from './grub-files.ts';
import { imageFiles } from './image-files.ts';
import { plantedSecrets } from './planted-secrets.ts';

export interface NodeFilesOptions {
  readonly node: PlannedNode;
  readonly accounts: Accounts;
  /** The node's SSH host key: private part in OpenSSH's format, public part as one line. */
  readonly hostKey: { readonly private: string; readonly public: string };
  /** One line of authorized_keys. */
  readonly authorizedKey: string;
  /** RFC 3339; when the containers of the node started. */
  readonly startedAt: string;
}

const loginId = 1000;
const shadowGroupMode = 0o640;

/** What belongs to one node, for the top layer of its root. */
export function nodeFiles(options: NodeFilesOptions): readonly TreeEntry[] {
  const { node } = options;
  return [
    ...identity(options),
    ...login(options),
    ...containerFiles(node, options.startedAt),
    ...imageFiles(node),
    ...(node.group.runtime === 'docker' ? dockerFiles() : grubFiles(node)),
  ];
}

function identity({ node, hostKey }: NodeFilesOptions): readonly TreeEntry[] {
  const hosts = `127.0.0.1 localhost\n${node.networkAddress} ${node.name}\n`;
  const release = Object.entries({ ...node.group.osRelease, VARIANT: 'nodemend practice node' });
  return [
    { path: '/etc', kind: 'folder' },
    { path: '/etc/hostname', kind: 'file', content: `${node.name}\n` },
    { path: '/etc/hosts', kind: 'file', content: hosts },
    { path: '/etc/machine-id', kind: 'file', content: `${node.machineId}\n`, mode: 0o444 },
    { path: '/etc/os-release', kind: 'file', content: release.map(([key, value]) => `${key}="${value}"\n`).join('') },
    { path: '/etc/ssh/ssh_host_ed25519_key', kind: 'file', content: hostKey.private, mode: 0o600 },
    { path: '/etc/ssh/ssh_host_ed25519_key.pub', kind: 'file', content: `${hostKey.public}\n` },
  ];
}

function login({ node, accounts, authorizedKey }: NodeFilesOptions): readonly TreeEntry[] {
  const { user } = node.group;
  const home = `/home/${user}`;
  return [
    { path: '/etc/passwd', kind: 'file', content: accounts.passwd },
    { path: '/etc/group', kind: 'file', content: accounts.group },
    { path: '/etc/shadow', kind: 'file', content: accounts.shadow, mode: shadowGroupMode },
    { path: '/etc/gshadow', kind: 'file', content: accounts.gshadow, mode: shadowGroupMode },
    { path: `/etc/sudoers.d/90-${user}`, kind: 'file', content: `${user} ALL=(ALL) NOPASSWD:ALL\n`, mode: 0o440 },
    { path: home, kind: 'folder', mode: 0o755, owner: loginId },
    { path: `${home}/.ssh`, kind: 'folder', mode: 0o700, owner: loginId },
    { path: `${home}/.ssh/authorized_keys`, kind: 'file', content: `${authorizedKey}\n`, mode: 0o600, owner: loginId },
  ];
}

function dockerFiles(): readonly TreeEntry[] {
  const daemon = { 'log-driver': 'json-file' };
  return [
    { path: '/etc/docker/daemon.json', kind: 'file', content: `${JSON.stringify(daemon, undefined, 2)}\n` },
    proxySettings,
    guideRule,
  ];
}

/** Where dockerd 20.10 has its proxy from: before 23.0 it refuses to start with `proxies` in daemon.json. */
export const proxySettings = {
  path: '/etc/systemd/system/docker.service.d/http-proxy.conf',
  kind: 'file',
  content:
    '[Service]\nEnvironment="HTTP_PROXY=http://' +
    `proxy-user:${plantedSecrets.proxyPassword}@proxy.internal:3128" "NO_PROXY=10.0.0.0/8"\n`,
} as const;

/** What the guide's images have built in since 2021.07.27: directives as its first problem lists them. */
export const guideRule = {
  path: '/etc/logrotate.d/docker',
  kind: 'file',
  content: `/var/lib/docker/containers/*/*.log {
  rotate 10
  copytruncate
  missingok
  notifempty
  compress
  maxsize 100M
  daily
  dateext
  dateformat -%Y%m%d-%s
  create 0644 root root
}
`,
} as const;
