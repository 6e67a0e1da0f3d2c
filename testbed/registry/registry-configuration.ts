import { stringify } from 'yaml';
import type { RegistryFolder } from './registry-folder.ts';

export interface RegistryLogin {
  readonly user: string;
  readonly password: string;
}

/** For a registry with TLS that wants the password of its htpasswd file. */
export function passwordConfiguration(folder: RegistryFolder, realm: string): string {
  return stringify({ ...common(folder), auth: { htpasswd: { realm, path: folder.htpasswd } } });
}

/** For a pull-through registry with TLS that is open to all who reach it, and logs in to another for them. */
export function pullThroughConfiguration(
  folder: RegistryFolder,
  remoteUrl: string,
  { user, password }: RegistryLogin,
): string {
  return stringify({ ...common(folder), proxy: { remoteurl: remoteUrl, username: user, password } });
}

/**
 * As distribution's own documentation has it (about/configuration). Without a `cache` what is deleted is gone at once.
 */
function common({ storage, certificate, key }: RegistryFolder): object {
  return {
    version: 0.1,
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: { addr: ':443', tls: { certificate, key } },
  };
}
