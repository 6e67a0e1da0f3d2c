/**
 * What root of a node may keep. Without CAP_SYS_ADMIN nothing can be mounted, remounted or unmounted, so the read-only
 * parts of /proc stay read-only; without CAP_SYS_TIME, CAP_SYS_MODULE, CAP_SYS_RAWIO and CAP_MKNOD nothing global is in
 * reach even where a kernel forgot to ask which user namespace the caller is in. The rest is what sshd, sudo,
 * logrotate, cron and a shell of an administrator use.
 */
const kept = [
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'net_bind_service',
  'net_admin',
  'net_raw',
  'ipc_owner',
  'sys_chroot',
  'sys_ptrace',
  'sys_boot',
  'sys_nice',
  'sys_resource',
  'lease',
  'audit_write',
  'setfcap',
] as const;

/** As `setpriv --bounding-set` takes it. */
export const nodeCapabilities: string = ['-all', ...kept.map((name) => `+${name}`)].join(',');
