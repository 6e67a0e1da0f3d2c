import { oldRegistries, type OldRegistries } from './old-registries.ts';
import { readToml, tableAt, type TomlTable } from './toml-table.ts';

/** A file of containerd's configuration, as the probe shows it. */
export interface ConfigText {
  readonly path: string;
  readonly text: string;
}

/** What containerd's CRI plugin makes of its `registry` table. */
export interface RegistrySettings {
  /** The file that has it. */
  readonly file: string;
  /** Folders of hosts' folders, in the order in which they are looked through; empty when none is set. */
  readonly configPath: readonly string[];
  /** Registries of the old table `registry.mirrors`. */
  readonly mirrors: readonly string[];
  /** Registries with settings of TLS in the old table `registry.configs`. */
  readonly tls: readonly string[];
  /** These tables, where there is one. */
  readonly old?: OldRegistries;
}

/**
 * `split`: several files have the plugin's table, and which of their parts hold differs between releases (1.x replaces
 * the plugin's whole table by that of the last file, containerd cmd/containerd/server/config `mergeConfig`). `unread`:
 * a file is not TOML, or says it in a form that is not taken apart.
 */
export type ContainerdConfig =
  | { readonly state: 'read'; readonly settings: RegistrySettings }
  | { readonly state: 'split' | 'unread'; readonly file: string };

/** The plugin that pulls: of configuration version 1, of version 2, of version 3 (containerd 2). */
const plugins = ['cri', 'io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images'] as const;

/** From the main file and what it imports, in that order. No file at all is the default. */
export function readContainerdConfig(files: readonly ConfigText[]): ContainerdConfig {
  const found: { readonly file: string; readonly table: TomlTable }[] = [];
  for (const { path, text } of files) {
    const root = readToml(text);
    if (root === undefined) return { state: 'unread', file: path };
    const tables = plugins.map((plugin) => tableAt(root, ['plugins', plugin])).filter((table) => table !== 'absent');
    if (tables.includes('other')) return { state: 'unread', file: path };
    found.push(...tables.map((table) => ({ file: path, table: table as TomlTable })));
  }
  const [first, second] = found;
  if (first === undefined)
    return { state: 'read', settings: { file: files[0]?.path ?? '', configPath: [], mirrors: [], tls: [] } };
  return second === undefined ? settingsOf(first.table, first.file) : { state: 'split', file: second.file };
}

function settingsOf(plugin: TomlTable, file: string): ContainerdConfig {
  const registry = tableAt(plugin, ['registry']);
  if (registry === 'absent') return { state: 'read', settings: { file, configPath: [], mirrors: [], tls: [] } };
  if (registry === 'other') return { state: 'unread', file };
  const [mirrors, configs] = [tableAt(registry, ['mirrors']), tableAt(registry, ['configs'])];
  const path = registry['config_path'] ?? '';
  if (mirrors === 'other' || configs === 'other' || typeof path !== 'string') return { state: 'unread', file };
  const tls =
    configs === 'absent' ? [] : Object.keys(configs).filter((name) => tableAt(configs, [name, 'tls']) !== 'absent');
  const configPath = path.split(':').filter((folder) => folder !== '');
  const old = oldRegistries(registry);
  return {
    state: 'read',
    settings: {
      file,
      configPath,
      mirrors: mirrors === 'absent' ? [] : Object.keys(mirrors),
      tls,
      ...(old && { old }),
    },
  };
}

/**
 * Where containerd looks when nothing is set: nowhere before 2.2, and since then in these (containerd
 * internal/cri/config, DefaultImageConfig). `undefined` when the version is not known.
 */
export function defaultConfigPath(version: string | undefined): readonly string[] | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/u.exec(version ?? '') ?? [];
  if (major === undefined) return undefined;
  const isNew = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 2);
  return isNew ? ['/etc/containerd/certs.d', '/etc/docker/certs.d'] : [];
}
