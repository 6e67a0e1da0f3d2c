import { join } from 'node:path';
import type { TestbedFolder } from '../testbed-folder.ts';
import type { RegistryName } from '../testbed-plan.ts';

/** What a registry has in the state folder. */
export interface RegistryFolder {
  readonly path: string;
  readonly configuration: string;
  readonly certificate: string;
  readonly key: string;
  readonly htpasswd: string;
  /** Its images. */
  readonly storage: string;
}

/** The certificate by which clients know the registries; it is alone in its folder, as skopeo's --cert-dir wants it. */
export function authorityFile({ registries }: TestbedFolder): string {
  return join(registries, 'authority', 'ca.crt');
}

/** Always empty, but for programs that mount something there in a namespace of their own. */
export function scratchFolder({ registries }: TestbedFolder): string {
  return join(registries, 'scratch');
}

export function registryFolder({ registries }: TestbedFolder, name: RegistryName): RegistryFolder {
  return registryFolderAt(join(registries, name));
}

/** Of a registry that a test adds. */
export function registryFolderAt(path: string): RegistryFolder {
  return {
    path,
    configuration: join(path, 'config.yml'),
    certificate: join(path, 'tls.crt'),
    key: join(path, 'tls.key'),
    htpasswd: join(path, 'htpasswd'),
    storage: join(path, 'storage'),
  };
}
