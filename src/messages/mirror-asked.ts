import { registryOf } from '../registry/reference/registry-of.ts';

/**
 * The API of a registry, as every runtime prints the address that failed: containerd `Head "https://HOST/v2/…?ns=…"`,
 * dockerd and CRI-O `Get "https://HOST/v2/"`. Servers of tokens and of layers have other paths.
 */
const api = /https?:\/\/([a-z0-9.-]+(?::\d+)?)\/v2\//gi;

/** CRI-O reports mirrors before it reports the registry (containers/image, docker/docker_image_src.go). */
const mirrorsFailed = /\(mirrors also failed: \[([^]*)\]\)/i;

/**
 * The host that a message says was asked for an image, where it is not the image's own registry: a mirror that does not
 * answer is the trouble, whatever images wait for it. With its port, if it has one; undefined where the registry itself
 * was asked, and where nothing is said.
 */
export function mirrorAsked(message: string, image: string): string | undefined {
  const registry = registryOf(image);
  const said = mirrorsFailed.exec(message)?.[1] ?? message;
  const host = Array.from(said.matchAll(api), ([, asked = '']) => asked.toLowerCase()).at(-1);
  return registry === undefined || host === undefined || isOf(registry, host) ? undefined : host;
}

/** Docker Hub has hosts of its own; a default port may be written or not. */
function isOf(registry: string, host: string): boolean {
  if (registry === 'docker.io') return /^(?:[a-z0-9-]+\.)*docker\.(?:io|com)(?::443)?$/.test(host);
  return host.replace(/:(?:443|80)$/, '') === registry.toLowerCase().replace(/:(?:443|80)$/, '');
}
