import { parseReference } from '../../../registry/reference/image-reference.ts';

/** A place that serves the images of a registry in its stead: a pull-through cache. */
export interface Mirror {
  /** As references write it: `docker.io`. */
  readonly registry: string;
  /** Scheme, host and path, without a slash at its end: `https://mirror.example:5000`. */
  readonly url: string;
  /** `mirror.example:5000` */
  readonly host: string;
  /** Without a slash at its end; empty for none. Harbor and NCR have `/v2/<project>`. */
  readonly path: string;
  /** The certificate authority that signed the mirror's certificate, PEM; absent where the system's are enough. */
  readonly authority?: string;
  /** The registry itself is never asked: a closed network would wait for it in vain. */
  readonly isOnly: boolean;
}

/** Why a text names no mirror, for `errors.mirrorReasons`. */
export type MirrorFault = 'form' | 'registry' | 'url' | 'scheme' | 'password' | 'query' | 'itself';

/** Reads `REGISTRY=URL`. */
export function parseMirror(text: string): Pick<Mirror, 'registry' | 'url' | 'host' | 'path'> | MirrorFault {
  const equals = text.indexOf('=');
  if (equals <= 0) return 'form';
  const registry = registryOf(text.slice(0, equals));
  if (registry === undefined) return 'registry';
  const url = readUrl(text.slice(equals + 1));
  if (typeof url === 'string') return url;
  const { protocol, host, pathname } = url;
  const path = pathname.replace(/\/+$/u, '');
  return host === registry ? 'itself' : { registry, url: `${protocol}//${host}${path}`, host, path };
}

/**
 * An address alone: it is written into configuration files of three formats, so nothing in it may have a meaning there.
 */
function readUrl(text: string): URL | MirrorFault {
  const url = URL.parse(text);
  if (url === null || url.host === '' || /\s/u.test(text)) return 'url';
  if (!['https:', 'http:'].includes(url.protocol)) return 'scheme';
  if (`${url.username}${url.password}` !== '') return 'password';
  if (`${url.search}${url.hash}` !== '') return 'query';
  // The URL standard lets quotes and more into a host.
  return /^[A-Za-z0-9._:[\]-]+\/[A-Za-z0-9/._~-]*$/u.test(url.host + url.pathname) ? url : 'url';
}

/** The canonical name; undefined for what no reference could begin with. */
function registryOf(text: string): string | undefined {
  const reference = parseReference(`${text === 'registry-1.docker.io' ? 'docker.io' : text}/a/b`);
  if ('error' in reference || reference.repository !== 'a/b' || reference.registry === '') return undefined;
  return reference.registry;
}
