/**
 * The folder of a registry below `config_path`; a port is written so because not every file system takes a colon
 * (docs/hosts.md).
 */
export function hostFolder(registry: string): string {
  return registry.replace(/:(\d+)$/u, '_$1_');
}

/** The names under which containerd looks for a registry's folder, the first one that is there counting. */
export function hostFolders(registry: string): readonly string[] {
  return [...new Set([hostFolder(registry), registry])];
}
