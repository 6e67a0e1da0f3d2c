import type { DockerConfigEntry } from '../../registry/docker-config/docker-config.ts';
import { lookUpEntries, normalizeKey } from '../../registry/docker-config/keyring.ts';
import type { RegistryLogin } from '../../registry/client/credentials.ts';
import type { ImageReference } from '../../registry/reference/image-reference.ts';
import type { SecretLogins } from '../pull-secrets/collect-pull-secrets.ts';
import type { SecretName } from './secret-name.ts';

/** A login of one registry, and the pull secrets that hold it. */
export interface HeldLogin {
  readonly login: RegistryLogin;
  readonly secrets: readonly SecretName[];
}

/**
 * The logins that pull secrets hold for the registry of an image, each once: the same account is often in many
 * namespaces. An entry for a part of the registry (`docker.io/team`) is one of its accounts as well. Entries without a
 * password, which Docker's own client writes for its helpers, are none: kubelet would pull without a login.
 */
export function registryLogins(secrets: readonly SecretLogins[], image: ImageReference): readonly HeldLogin[] {
  const held = new Map<string, HeldLogin>();
  for (const { namespace, secret, entries } of secrets) {
    for (const entry of entriesFor(entries, image)) {
      const login = { user: entry.user, password: entry.password.reveal() };
      const key = JSON.stringify([login.user, login.password]);
      const known = held.get(key)?.secrets ?? [];
      const isKnown = known.some((one) => one.namespace === namespace && one.secret === secret);
      held.set(key, { login, secrets: isKnown ? known : [...known, { namespace, secret }] });
    }
  }
  return [...held.values()];
}

function entriesFor(entries: readonly DockerConfigEntry[], image: ImageReference): readonly DockerConfigEntry[] {
  const looked = lookUpEntries(entries, image);
  return entries.filter((entry) => isLogin(entry) && (looked.includes(entry) || isOfRegistry(entry, image.registry)));
}

function isLogin({ user, password }: DockerConfigEntry): boolean {
  return user !== '' && password.reveal() !== '';
}

function isOfRegistry({ key }: DockerConfigEntry, registry: string): boolean {
  const host = normalizeKey(key)?.split('/')[0];
  return host === registry || (registry === 'docker.io' && host === 'index.docker.io');
}
