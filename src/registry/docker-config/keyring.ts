import type { ImageReference } from '../reference/image-reference.ts';
import { readSchemeless, splitPort } from './go-url.ts';
import { matchesGlob } from './host-glob.ts';

/**
 * The one key by which a login of Docker Hub is found whatever the image's name is, once its scheme and `/v1/` are
 * gone.
 */
const defaultRegistryHost = 'index.docker.io';
/** The key that `kubectl create secret docker-registry` and `docker login` write for Docker Hub. */
export const hubKey = 'https://index.docker.io/v1/';

/** Anything that is kept under a key of a Docker configuration: an entry with its password, or what is known of one. */
export interface Keyed {
  readonly key: string;
}

/**
 * The entries that kubelet tries for an image, in its order (pkg/credentialprovider/keyring.go, v1.34,
 * BasicDockerKeyring.Lookup). All secrets of a pod are one keyring. Hosts match part by part with globs, ports exactly,
 * a key's path as a prefix; the order is that of the keys, reversed, so that of two paths the longer comes first. Only
 * when none matches is Docker Hub's own key taken.
 */
export function lookUpEntries<Entry extends Keyed>(
  entries: readonly Entry[],
  reference: Pick<ImageReference, 'registry' | 'repository'>,
): readonly Entry[] {
  const keyring = entries.flatMap((entry) => {
    const key = normalizeKey(entry.key);
    return key === undefined ? [] : [{ key, entry }];
  });
  // kubelet looks up what ParseImageName says: docker.io/library/nginx (pkg/kubelet/images, PullImage).
  const matching = keyring.filter(({ key }) => keyMatches(key, `${reference.registry}/${reference.repository}`));
  if (matching.length > 0) return matching.toSorted((a, b) => reversed(a.key, b.key)).map(({ entry }) => entry);
  return isDefaultRegistry(reference.registry)
    ? keyring.filter(({ key }) => key === defaultRegistryHost).map(({ entry }) => entry)
    : [];
}

/**
 * A key as kubelet indexes it: without scheme, and without `/v1` or `/v2` where a slash follows. Undefined for one that
 * kubelet passes over because it is not a URL. So `https://index.docker.io/v1/` is `index.docker.io`, but
 * `https://index.docker.io/v1` stays `index.docker.io/v1`, which no image of Docker Hub is.
 */
export function normalizeKey(key: string): string | undefined {
  const url = readSchemeless(key.replace(/^https?:\/\//u, ''));
  if (url === undefined) return undefined;
  const path = /^\/v[12]\//u.test(url.path) ? url.path.slice('/v1'.length) : url.path;
  return path === '/' ? url.host : `${url.host}${path}`;
}

/** URLsMatchStr */
function keyMatches(key: string, target: string): boolean {
  const [glob, image] = [readSchemeless(key), readSchemeless(target)];
  if (glob === undefined || image === undefined || !image.path.startsWith(glob.path)) return false;
  const [globHost, imageHost] = [splitPort(glob.host), splitPort(image.host)];
  const [globParts, imageParts] = [globHost.name.split('.'), imageHost.name.split('.')];
  return (
    globHost.port === imageHost.port &&
    globParts.length === imageParts.length &&
    globParts.every((part, index) => matchesGlob(part, imageParts[index] ?? ''))
  );
}

/** isDefaultRegistryMatch, for a reference with its registry written out. */
function isDefaultRegistry(registry: string): boolean {
  return registry === 'docker.io' || registry === defaultRegistryHost || (registry !== '' && !/[.:]/u.test(registry));
}

/** By bytes, as Go sorts strings. */
function reversed(a: string, b: string): number {
  return Buffer.compare(Buffer.from(b), Buffer.from(a));
}
