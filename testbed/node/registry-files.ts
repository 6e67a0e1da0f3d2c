import type { TreeEntry } from '../../lab/node/file-tree.ts';
import type { PlannedRegistry, Runtime } from '../testbed-plan.ts';

/**
 * Folder of `hosts.toml` files, one below it a registry (containerd's docs/hosts.md); kubelet's pulls follow it where
 * the runtime's configuration names it.
 */
export const containerdCertificates = '/etc/containerd/certs.d';

/** The registries' authority, for the runtimes: what an administrator of a private registry puts on every node. */
export function registryFiles(
  runtime: Runtime,
  registries: readonly PlannedRegistry[],
  authority: string,
): readonly TreeEntry[] {
  return registries.flatMap(({ host }): readonly TreeEntry[] => {
    const folder = runtime === 'docker' ? `/etc/docker/certs.d/${host}` : `${containerdCertificates}/${host}`;
    const files: readonly TreeEntry[] = [{ path: `${folder}/ca.crt`, kind: 'file', content: authority }];
    if (runtime === 'docker') return files;
    const hosts = `server = "https://${host}"\nca = "${folder}/ca.crt"\n`;
    return [...files, { path: `${folder}/hosts.toml`, kind: 'file', content: hosts }];
  });
}
