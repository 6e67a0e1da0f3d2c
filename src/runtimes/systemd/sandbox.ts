/** What `ProtectSystem=` makes read-only (systemd.exec(5)). */
const protectedBy: Readonly<Record<string, readonly string[]>> = {
  yes: ['/usr', '/boot', '/efi'],
  full: ['/usr', '/boot', '/efi', '/etc'],
  strict: ['/'],
};

/** What `ProtectHome=` takes away; `read-only` and `tmpfs` as well as `yes`. */
const homes = ['/home', '/root', '/run/user'];

/** Whether a service may write into the folder: the sandbox of Debian's logrotate.service has ProtectSystem=full. */
export function isWritable(folder: string, service: ReadonlyMap<string, string>): boolean {
  const listOf = (name: string): readonly string[] =>
    (service.get(name) ?? '').split(' ').map((path) => path.replace(/^[-+]+/, ''));
  const closed = [
    ...(protectedBy[service.get('ProtectSystem') ?? 'no'] ?? []),
    ...(['no', '', undefined].includes(service.get('ProtectHome')) ? [] : homes),
    ...listOf('ReadOnlyPaths'),
    ...listOf('InaccessiblePaths'),
  ];
  // Of two settings the one for the deeper path holds.
  return deepest(folder, listOf('ReadWritePaths')) >= deepest(folder, closed);
}

/** Length of the longest of these paths that the folder lies in; 0 when it lies in none. */
function deepest(folder: string, paths: readonly string[]): number {
  return Math.max(0, ...paths.filter((path) => path !== '' && isInside(folder, path)).map((path) => path.length));
}

function isInside(folder: string, path: string): boolean {
  return path === '/' || folder === path || folder.startsWith(`${path}/`);
}
