import { isTable, readToml } from './toml-table.ts';

/** One registry or mirror that a `hosts.toml` sends pulls to. */
export interface HostEntry {
  /** As it is written: the table's name, or `server`. */
  readonly url: string;
  /** Undefined when the file names none, which means all of them. */
  readonly capabilities: readonly string[] | undefined;
  readonly overridePath: boolean;
  /** Files with certificates, as they are written. */
  readonly files: readonly string[];
}

export interface HostsFile {
  /** Asked in this order. */
  readonly hosts: readonly HostEntry[];
  /** Asked last; undefined: the registry that the folder is named after. */
  readonly server: HostEntry | undefined;
}

/**
 * What containerd makes of a `hosts.toml` (core/remotes/docker/config/hosts.go, docs/hosts.md); undefined when it is
 * not taken apart.
 */
export function readHostsFile(text: string): HostsFile | undefined {
  const root = readToml(text);
  if (root === undefined) return undefined;
  const named = root['host'] ?? {};
  if (!isTable(named)) return undefined;
  const hosts = Object.entries(named)
    .map(([url, table]) => entryOf(url, table))
    .filter((entry) => entry !== undefined);
  const server = entryOf(root['server'] ?? '', root);
  if (hosts.length < Object.keys(named).length || server === undefined) return undefined;
  return { hosts, server: server.url === '' ? undefined : server };
}

function entryOf(url: unknown, table: unknown): HostEntry | undefined {
  if (typeof url !== 'string' || !isTable(table)) return undefined;
  const capabilities = table['capabilities'] ?? undefined;
  const overridePath = table['override_path'] ?? false;
  const files = [...texts(table['ca']), ...texts(table['client'])];
  if ((capabilities !== undefined && !isTexts(capabilities)) || typeof overridePath !== 'boolean') return undefined;
  return { url, capabilities: capabilities?.length === 0 ? undefined : capabilities, overridePath, files };
}

/** `ca` is one file or several, `client` also pairs of them. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.flatMap(texts) : [];
}

/**
 * containerd puts `/v2` behind a path unless it ends so already or `override_path` is set. With a path of the form that
 * Harbor, and with it NCR, has for a project (`/v2/<project>`) it asks for something that is not there.
 */
export function needsOverridePath(url: string): boolean {
  const { pathname } = URL.parse(url.includes('://') ? url : `https://${url}`) ?? { pathname: '' };
  const parts = pathname.split('/').filter((part) => part !== '');
  return parts.includes('v2') && parts.at(-1) !== 'v2';
}

export function lacksOverridePath({ url, overridePath }: HostEntry): boolean {
  return !overridePath && needsOverridePath(url);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
