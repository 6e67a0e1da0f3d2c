import { dirname } from 'node:path';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { expandHosts, type HostLine } from './expand-hosts.ts';
import { parseHostLines } from './host-lines.ts';
import { homePath } from './paths.ts';
import type { BastionSettings } from './schema.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/** One host of `--hosts FILE`. */
export interface HostEntry {
  readonly name: string;
  readonly address: string;
  readonly user?: string;
  readonly port?: number;
  readonly group?: string;
  readonly identityFiles?: readonly string[];
  readonly bastion?: BastionSettings;
}

/**
 * Reads the hosts to work on without an API server. Two forms: lines `name [address] [user=… port=… group=…
 * identity=…]` with `#` comments and `[group]` headings, or YAML with a list under `hosts`. Names and addresses may be
 * node sets of the same size.
 * @throws NodemendError HOSTS_FILE_UNREADABLE, HOSTS_FILE_INVALID, NO_TARGETS when it lists nothing, and those of
 *   `readCheckedYaml`
 */
export async function readHostsFile(path: string, home: string | undefined): Promise<readonly HostEntry[]> {
  const text = await readText(path);
  const lines = isYaml(path, text) ? await yamlLines(path, text) : parseHostLines(path, text);
  const entries = expandHosts(path, lines);
  if (entries.length === 0) throw new NodemendError('NO_TARGETS', { context: 'hosts', selection: `--hosts ${path}` });
  return entries.map((entry) => withAbsolutePaths(entry, dirname(path), home));
}

async function readText(path: string): Promise<string> {
  try {
    return (await readNamedFile(path)).toString().replace(/^\uFEFF/, '');
  } catch (error) {
    const fault = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new NodemendError('HOSTS_FILE_UNREADABLE', { path, fault }, { cause: error });
  }
}

/** By its name, else by its first line that says anything: no host is called `hosts:`. */
function isYaml(path: string, text: string): boolean {
  if (/\.(?:ya?ml|json)$/i.test(path)) return true;
  return /^(?:---|\{|hosts\s*:)/.test(text.replace(/^(?:\s*#.*\n|\s*\n)+/, ''));
}

async function yamlLines(path: string, text: string): Promise<readonly HostLine[]> {
  const [{ readCheckedYaml }, { hostsFileSchema }] = await Promise.all([
    import('./checked-yaml.ts'),
    import('./schema.ts'),
  ]);
  if (text.trim() === '') return [];
  const { value, lineOf } = readCheckedYaml({ path, text }, hostsFileSchema);
  return value.hosts.map(({ name, address, ...settings }, index) => ({
    line: lineOf(['hosts', index, 'name']),
    names: name,
    addresses: address,
    settings,
  }));
}

function withAbsolutePaths(entry: HostEntry, folder: string, home: string | undefined): HostEntry {
  const all = (paths: readonly string[]): readonly string[] => paths.map((path) => homePath(path, folder, home));
  const { identityFiles, bastion } = entry;
  return {
    ...entry,
    ...(identityFiles ? { identityFiles: all(identityFiles) } : {}),
    ...(bastion?.identityFiles ? { bastion: { ...bastion, identityFiles: all(bastion.identityFiles) } } : {}),
  };
}
