import { dirname, resolve } from 'node:path';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Json } from './api.ts';
import { FieldReader } from './field-reader.ts';
import { parseYaml } from './yaml-text.ts';
import { readNamedFile } from '../files/read-named-file.ts';

/** One file of the kubeconfig format, relative paths resolved against the file's own folder, as kubectl does. */
export interface KubeconfigFile {
  readonly path: string;
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}

export interface ClusterEntry {
  readonly server: string | undefined;
  readonly certificateAuthority: string | undefined;
  /** Base64 of PEM. */
  readonly certificateAuthorityData: string | undefined;
  readonly tlsServerName: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  readonly proxyUrl: string | undefined;
  /** What the extension `client.authentication.k8s.io/exec` holds for an exec plugin. */
  readonly execConfig: Json | undefined;
}

export interface UserEntry {
  readonly clientCertificate: string | undefined;
  readonly clientCertificateData: string | undefined;
  readonly clientKey: string | undefined;
  readonly clientKeyData: string | undefined;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  /** `user` of `--as`: the server is asked to treat every request as this user's. */
  readonly impersonate: Impersonation | undefined;
  readonly exec: ExecEntry | undefined;
  readonly hasPassword: boolean;
  /** Name of a removed `auth-provider`, such as gcp or azure. */
  readonly authProvider: string | undefined;
}

export interface Impersonation {
  readonly user: string;
  readonly uid: string | undefined;
  readonly groups: readonly string[];
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

export interface ExecEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly installHint: string | undefined;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
}

export interface ContextEntry {
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string | undefined;
}

/**
 * Reads one kubeconfig file. An empty file is an empty configuration.
 * @throws NodemendError KUBECONFIG_INVALID, naming the field and never its value. A missing file throws the system's
 *   ENOENT.
 */
export async function readKubeconfigFile(path: string): Promise<KubeconfigFile> {
  const bytes = await readNamedFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw error;
    const problem = error.code ?? error.message;
    const context = problem === 'EISDIR' ? 'folder' : 'unreadable';
    throw new NodemendError('KUBECONFIG_INVALID', { path, problem, context }, { cause: error });
  });
  const text = bytes.toString();
  return parseKubeconfig(path, text, await parseYaml(path, text));
}

function parseKubeconfig(path: string, text: string, value: unknown): KubeconfigFile {
  const empty = text.trim() === '' || value === null || value === undefined;
  const root = new FieldReader(path, '', empty ? {} : value);
  const folder = dirname(path);
  return {
    path,
    currentContext: root.text('current-context') || undefined,
    clusters: named(root, 'clusters', 'cluster', (entry) => readCluster(entry, folder)),
    users: named(root, 'users', 'user', (entry) => readUser(entry, folder)),
    contexts: named(root, 'contexts', 'context', readContext),
  };
}

/** kubectl also refuses a file with two entries of one name. */
function named<T>(
  root: FieldReader,
  list: string,
  key: string,
  read: (entry: FieldReader) => T,
): ReadonlyMap<string, T> {
  const entries = new Map<string, T>();
  for (const item of root.items(list)) {
    const name = item.needText('name');
    if (entries.has(name)) item.fail('name', { key: 'kubeconfig.second', params: { name: JSON.stringify(name) } });
    entries.set(name, read(item.object(key)));
  }
  return entries;
}

function readCluster(entry: FieldReader, folder: string): ClusterEntry {
  return {
    server: entry.text('server'),
    certificateAuthority: pathOf(entry, 'certificate-authority', folder),
    certificateAuthorityData: entry.text('certificate-authority-data') || undefined,
    tlsServerName: entry.text('tls-server-name') || undefined,
    insecureSkipTlsVerify: entry.flag('insecure-skip-tls-verify'),
    proxyUrl: entry.text('proxy-url') || undefined,
    execConfig: entry
      .items('extensions')
      .find((extension) => extension.text('name') === 'client.authentication.k8s.io/exec')
      ?.json('extension'),
  };
}

function readUser(entry: FieldReader, folder: string): UserEntry {
  return {
    clientCertificate: pathOf(entry, 'client-certificate', folder),
    clientCertificateData: entry.text('client-certificate-data') || undefined,
    clientKey: pathOf(entry, 'client-key', folder),
    clientKeyData: entry.text('client-key-data') || undefined,
    token: entry.text('token') || undefined,
    tokenFile: pathOf(entry, 'tokenFile', folder),
    impersonate: readImpersonation(entry),
    exec: entry.has('exec') ? readExec(entry.object('exec'), folder) : undefined,
    hasPassword: entry.has('username') || entry.has('password'),
    authProvider: entry.has('auth-provider') ? entry.object('auth-provider').text('name') || '?' : undefined,
  };
}

function readImpersonation(entry: FieldReader): Impersonation | undefined {
  const user = entry.text('as');
  if (!user) return undefined;
  return {
    user,
    uid: entry.text('as-uid') || undefined,
    groups: entry.texts('as-groups'),
    extra: entry.textLists('as-user-extra'),
  };
}

function readExec(entry: FieldReader, folder: string): ExecEntry {
  const command = entry.needText('command');
  const mode = entry.text('interactiveMode') || 'IfAvailable';
  if (mode !== 'Never' && mode !== 'IfAvailable' && mode !== 'Always') {
    return entry.fail('interactiveMode', { key: 'kubeconfig.not-mode' });
  }
  return {
    apiVersion: entry.needText('apiVersion'),
    // A bare name is looked up on the PATH; only a path is resolved (client-go tools/clientcmd,
    // GetAuthInfoFileReferences).
    command: command.includes('/') ? resolve(folder, command) : command,
    args: entry.texts('args'),
    environment: Object.fromEntries(
      entry.items('env').map((item) => [item.needText('name'), item.text('value') ?? '']),
    ),
    installHint: entry.text('installHint') || undefined,
    provideClusterInfo: entry.flag('provideClusterInfo'),
    interactiveMode: mode,
  };
}

function readContext(entry: FieldReader): ContextEntry {
  return {
    cluster: entry.text('cluster') ?? '',
    user: entry.text('user') ?? '',
    namespace: entry.text('namespace') || undefined,
  };
}

function pathOf(entry: FieldReader, key: string, folder: string): string | undefined {
  const path = entry.text(key);
  return path ? resolve(folder, path) : undefined;
}
