/**
 * Debian's shape without PAM: pam_loginuid wants what only the machine's own user namespace has. Every connection comes
 * from one or two addresses (the bridge, the bastion), so the limits per source are wider than a real node's.
 */
export function sshdConfig(extra: readonly string[]): string {
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

/** Rights beyond root's are in files of /etc/sudoers.d, as images have them. */
export const sudoers = [
  'Defaults env_reset',
  'Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"',
  'root ALL=(ALL:ALL) ALL',
  '@includedir /etc/sudoers.d',
  '',
].join('\n');
