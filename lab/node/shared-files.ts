import initScript from './init.sh?raw';
import logWriterScript from './log-writer.sh?raw';
import type { TreeEntry } from './file-tree.ts';

/** What every node of a lab has in common, written once into the shared layer. */
export function sharedFiles(sshdExtra: readonly string[]): readonly TreeEntry[] {
  return [
    { path: '/usr/lib/nodemend-lab/init.sh', kind: 'file', content: initScript, mode: 0o755 },
    { path: '/usr/lib/nodemend-lab/log-writer.sh', kind: 'file', content: logWriterScript, mode: 0o755 },
    { path: '/etc/ssh/sshd_config', kind: 'file', content: sshdConfig(sshdExtra) },
    { path: '/etc/sudoers', kind: 'file', content: sudoers, mode: 0o440 },
    { path: '/etc/motd', kind: 'file', content: 'This is a practice node of nodemend lab. Nothing it does reaches the machine.\n' },
  ];
}

/**
 * Debian's shape without PAM: pam_loginuid wants what only the machine's own user namespace has. Every connection comes from
 * one address (the lab's bridge), so the limits per source are wider than a real node's.
 */
function sshdConfig(extra: readonly string[]): string {
  return [
    'Port 22',
    'HostKey /etc/ssh/ssh_host_ed25519_key',
    'UsePAM no',
    'UseDNS no',
    'PermitRootLogin no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'MaxStartups 100:30:200',
    'PrintMotd no',
    'AcceptEnv LANG LC_*',
    'PidFile /run/sshd.pid',
    'Subsystem sftp /usr/lib/openssh/sftp-server',
    ...extra,
    '',
  ].join('\n');
}

const sudoers = [
  'Defaults env_reset',
  'Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"',
  'root ALL=(ALL:ALL) ALL',
  '@includedir /etc/sudoers.d',
  '',
].join('\n');
