import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { NodemendError } from '../errors/nodemend-error.ts';
import { invalid } from './kubeconfig-invalid.ts';
import { byCloseness, nearestName } from '../errors/did-you-mean.ts';
import {
  readKubeconfigFile,
  type ClusterEntry,
  type ContextEntry,
  type KubeconfigFile,
  type UserEntry,
} from './kubeconfig-file.ts';

export interface KubeconfigOptions {
  /** `--kubeconfig`: this file and no other. */
  readonly kubeconfig?: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** All files of one configuration as kubectl sees them: one. */
export interface Kubeconfig extends Omit<KubeconfigFile, 'path'> {
  /** The files it came from, for people. */
  readonly path: string;
}

export interface SelectedContext {
  /** The files it came from, for people. */
  readonly path: string;
  readonly name: string;
  readonly cluster: ClusterEntry & { readonly server: string };
  readonly userName: string;
  readonly user: UserEntry;
  readonly namespace: string;
}

export interface ContextSummary {
  readonly name: string;
  readonly server: string;
  readonly user: string;
  readonly current: boolean;
}

/**
 * Finds and merges the kubeconfig as kubectl does
 * (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig): `--kubeconfig`, else every existing
 * file of `$KUBECONFIG`, else `~/.kube/config`. For each name the first file that has it wins as a whole; the first
 * current-context wins.
 * @throws NodemendError KUBECONFIG_MISSING, KUBECONFIG_INVALID.
 */
export async function loadKubeconfig(options: KubeconfigOptions): Promise<Kubeconfig> {
  const paths = kubeconfigPaths(options);
  const files = (await Promise.all(paths.map(readIfPresent))).filter((file) => file !== undefined);
  if (files.length === 0) throw new NodemendError('KUBECONFIG_MISSING', { path: paths.join(delimiter) });
  return {
    path: files.map((file) => file.path).join(delimiter),
    currentContext: files.map((file) => file.currentContext).find((context) => context !== undefined),
    clusters: firstWins(files.map((file) => file.clusters)),
    users: firstWins(files.map((file) => file.users)),
    contexts: firstWins(files.map((file) => file.contexts)),
  };
}

/** Where the configuration is looked for, in order; absolute. */
export function kubeconfigPaths({ kubeconfig, environment }: KubeconfigOptions): readonly string[] {
  if (kubeconfig !== undefined) return [resolve(kubeconfig)];
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) return [...new Set(listed.map((path) => resolve(path)))];
  return [join(environment['HOME'] || homedir(), '.kube', 'config')];
}

/**
 * @throws NodemendError KUBECONFIG_CONTEXT_UNKNOWN (its `closest` is the name that was probably meant, or empty),
 *   KUBECONFIG_CONTEXT_UNSET, also where there are no contexts at all; KUBECONFIG_INVALID when the context points to
 *   entries that do not exist.
 */
export function selectContext(kubeconfig: Kubeconfig, wanted?: string): SelectedContext {
  const { path } = kubeconfig;
  const name = wanted ?? kubeconfig.currentContext;
  if (kubeconfig.contexts.size === 0) throw new NodemendError('KUBECONFIG_CONTEXT_UNSET', { path, context: 'none' });
  if (name === undefined)
    throw new NodemendError('KUBECONFIG_CONTEXT_UNSET', { path, contexts: [...kubeconfig.contexts.keys()].join(', ') });
  const context = kubeconfig.contexts.get(name);
  if (!context) throw unknownContext(kubeconfig, name);
  const cluster = entryOf(kubeconfig, {
    context: name,
    kind: 'cluster',
    name: context.cluster,
    entries: kubeconfig.clusters,
  });
  const user = entryOf(kubeconfig, { context: name, kind: 'user', name: context.user, entries: kubeconfig.users });
  const { server } = cluster;
  if (!server) throw invalid(path, { key: 'kubeconfig.no-server', params: { cluster: context.cluster } });
  return {
    path,
    name,
    cluster: { ...cluster, server },
    userName: context.user,
    user,
    namespace: context.namespace ?? 'default',
  };
}

/** The contexts to choose from, in the files' order. @throws NodemendError KUBECONFIG_MISSING, KUBECONFIG_INVALID. */
export async function listContexts(options: KubeconfigOptions): Promise<readonly ContextSummary[]> {
  const kubeconfig = await loadKubeconfig(options);
  const summary = ([name, context]: readonly [string, ContextEntry]): ContextSummary => ({
    name,
    server: kubeconfig.clusters.get(context.cluster)?.server ?? '',
    user: context.user,
    current: name === kubeconfig.currentContext,
  });
  return [...kubeconfig.contexts].map(summary);
}

async function readIfPresent(path: string): Promise<KubeconfigFile | undefined> {
  try {
    return await readKubeconfigFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function firstWins<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  const merged = new Map<string, T>();
  for (const [name, entry] of maps.flatMap((map) => [...map])) {
    if (!merged.has(name)) merged.set(name, entry);
  }
  return merged;
}

interface EntryReference<T> {
  readonly context: string;
  readonly kind: 'cluster' | 'user';
  readonly name: string;
  readonly entries: ReadonlyMap<string, T>;
}

function entryOf<T>(kubeconfig: Kubeconfig, reference: EntryReference<T>): T {
  const entry = reference.entries.get(reference.name);
  if (entry !== undefined) return entry;
  const { context, kind, name } = reference;
  throw invalid(kubeconfig.path, { key: 'kubeconfig.not-held', params: { context, kind, name: JSON.stringify(name) } });
}

function unknownContext(kubeconfig: Kubeconfig, context: string): NodemendError {
  const known = [...kubeconfig.contexts.keys()];
  const closest = nearestName(context, known) ?? '';
  return new NodemendError('KUBECONFIG_CONTEXT_UNKNOWN', {
    path: kubeconfig.path,
    context,
    contexts: byCloseness(context, known).join(', '),
    closest,
  });
}
