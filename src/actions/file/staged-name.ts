/**
 * Folders whose reader would pick up a name that ends in `~`. Everywhere else `NAME.nodemend-RUN~` is ignored:
 * logrotate ignores the suffix `~` in every release but reads names with a leading dot (3.22), cron.d and sudoers.d
 * want no dot or no `~`, and sysctl.d, grub.d, net.d, systemd drop-ins and boot loader entries read only their own
 * suffix.
 */
const dotFolders: readonly string[] = [
  '/etc/kubernetes/manifests', // kubelet ignores names with a leading dot, and no others
];

/** The name, beside the file, under which new content waits until it is checked. One run uses one name. */
export function stagedName(path: string, run: string): string {
  const slash = path.lastIndexOf('/');
  const name = `${path.slice(slash + 1)}.nodemend-${run}~`;
  return dotFolders.includes(path.slice(0, slash)) ? `.${name}` : name;
}

/** The whole path of the staged file. */
export function stagedPath(path: string, run: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1) + stagedName(path, run);
}
