import {
  dockerConfigTypes,
  isBroken,
  parseDockerConfig,
  type DockerConfigType,
} from '../../registry/docker-config/docker-config.ts';
import { normalizeKey } from '../../registry/docker-config/keyring.ts';

/** The login that is written under its key. */
export interface WrittenLogin {
  readonly key: string;
  readonly user: string;
  readonly password: string;
}

/**
 * The text of a pull secret with one login more, or another one in its place: all other entries stay as they are. What
 * kubelet cannot read is begun again. In the form that `kubectl create secret docker-registry` writes.
 */
export function withLogin(before: string, type: DockerConfigType, { key, user, password }: WrittenLogin): string {
  const entry = { username: user, password, auth: Buffer.from(`${user}:${password}`, 'utf8').toString('base64') };
  const file = isBroken(parseDockerConfig(before, type)) ? {} : objectOf(JSON.parse(before) as unknown);
  if (type === 'kubernetes.io/dockercfg') return JSON.stringify(withEntry(file, key, entry));
  // Go takes the name of a field in any case, and of several the last.
  const field = Object.keys(file).findLast((name) => name.toLowerCase() === 'auths') ?? 'auths';
  return JSON.stringify({ ...file, [field]: withEntry(objectOf(file[field]), key, entry) });
}

/**
 * Keys under which kubelet would find an older login of the whole registry, before or besides the one that is written.
 */
export function replacedKeys(keys: readonly string[], written: string): readonly string[] {
  const wanted = registryOf(written);
  return keys.filter((key) => registryOf(key) === wanted);
}

/** Docker Hub under its two names is one; a key with a path, or of a pattern, is one of its own. */
function registryOf(key: string): string | undefined {
  const normalized = normalizeKey(key);
  return normalized === 'index.docker.io' ? 'docker.io' : normalized;
}

function withEntry(
  auths: Readonly<Record<string, unknown>>,
  key: string,
  entry: unknown,
): Readonly<Record<string, unknown>> {
  const replaced = new Set(replacedKeys(Object.keys(auths), key));
  return { ...Object.fromEntries(Object.entries(auths).filter(([name]) => !replaced.has(name))), [key]: entry };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** The one field of `data` that counts. */
export function dataKey(type: DockerConfigType): string {
  return dockerConfigTypes[type];
}
