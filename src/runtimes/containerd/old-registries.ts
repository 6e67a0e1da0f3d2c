import { isTable, tableAt, type TomlTable } from './toml-table.ts';

/** How one is spoken to by TLS: files of the node, absolute. */
export interface EndpointTls {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly skipVerify?: true;
}

/** The tables `registry.mirrors` and `registry.configs`, by which containerd's CRI plugin pulls where no `config_path` is set. */
export interface OldRegistries {
  /** Of a registry its endpoints, in their order; `*` stands for all that have none of their own. */
  readonly mirrors: ReadonlyMap<string, readonly string[]>;
  readonly hosts: ReadonlyMap<string, { readonly tls: EndpointTls; readonly hasLogin: boolean }>;
}

/** One of the places where the plugin looks for an image. */
export interface Endpoint {
  /** With its port. */
  readonly host: string;
  /** The registry itself, which is looked at last where no endpoint names it. */
  readonly isRegistry: boolean;
  readonly scheme: 'http' | 'https';
  /** Below which the API is: empty for `/v2`. */
  readonly path: string;
  readonly tls: EndpointTls;
  /** It has a login that the plugin alone uses. */
  readonly hasLogin: boolean;
}

/** Undefined where neither table is there, or one is not as the plugin takes it. */
export function oldRegistries(registry: TomlTable): OldRegistries | undefined {
  const [mirrors, configs] = [rowsOf(registry, 'mirrors'), rowsOf(registry, 'configs')];
  if (mirrors === undefined || configs === undefined || mirrors.length + configs.length === 0) return undefined;
  return {
    mirrors: new Map(mirrors.map(([name, row]) => [name, textsIn(row['endpoint'])])),
    hosts: new Map(configs.map(([host, row]) => [host, { tls: tlsOf(row), hasLogin: isTable(row['auth']) }])),
  };
}

function rowsOf(registry: TomlTable, name: string): readonly (readonly [string, TomlTable])[] | undefined {
  const table = tableAt(registry, [name]);
  if (table === 'absent') return [];
  if (table === 'other') return undefined;
  return Object.entries(table).flatMap(([key, row]) => (isTable(row) ? [[key, row] as const] : []));
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function tlsOf(row: TomlTable): EndpointTls {
  const tls = tableAt(row, ['tls']);
  if (typeof tls === 'string') return {};
  const fileAt = (key: string): string | undefined => {
    const value = tls[key];
    return typeof value === 'string' && value.startsWith('/') ? value : undefined;
  };
  const [ca, certificate, key] = ['ca_file', 'cert_file', 'key_file'].map(fileAt);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined || key === undefined ? {} : { certificate, key }),
    ...(tls['insecure_skip_verify'] === true ? { skipVerify: true } : {}),
  };
}

/** What Docker Hub's API is called (containerd, remotes/docker `DefaultHost`). */
const hub = { registry: 'docker.io', host: 'registry-1.docker.io' } as const;

/**
 * Where the plugin looks for images of a registry, in its order (containerd 1.6, pkg/cri/server/image_pull.go:
 * `registryEndpoints`, `registryHosts`). What cannot be parsed is left out: with such an entry the plugin pulls nothing.
 */
export function endpointsOf({ mirrors, hosts }: OldRegistries, registry: string): readonly Endpoint[] {
  const itself = registry === hub.registry ? hub.host : registry;
  const endpoint = (text: string): readonly Endpoint[] => {
    const url = addressIn(text);
    if (url === undefined) return [];
    const { tls = {}, hasLogin = false } = hosts.get(url.host) ?? {};
    const scheme = url.protocol === 'http:' ? 'http' : 'https';
    const path = url.pathname === '/' && !text.endsWith('/') ? '' : url.pathname;
    return [{ host: url.host, isRegistry: url.host === itself, scheme, path, tls, hasLogin }];
  };
  const named = (mirrors.get(registry) ?? mirrors.get('*') ?? []).flatMap(endpoint);
  return named.some(({ isRegistry }) => isRegistry) ? named : [...named, ...endpoint(itself)];
}

/** Without a scheme it is HTTPS, and HTTP on the loopback. */
function addressIn(text: string): URL | undefined {
  const isWritten = text.includes('://');
  const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::|\/|$)/u.test(text);
  const written = isWritten ? text : `${isLoopback ? 'http' : 'https'}://${text}`;
  return URL.canParse(written) ? new URL(written) : undefined;
}
