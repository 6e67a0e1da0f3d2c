import { join, resolve } from 'node:path';
import type { BastionSettings, Configuration, NodeGroupSettings } from './schema.ts';

/**
 * Paths in a configuration start from its own folder, `~/` from the home folder: they mean the same wherever it is run.
 */
export function absolutePaths(configuration: Configuration, folder: string, home: string | undefined): Configuration {
  const one = (path: string): string => homePath(path, folder, home);
  const { kubeconfig, ssh, nodeGroups, rollout } = configuration;
  return {
    ...configuration,
    ...(kubeconfig === undefined ? {} : { kubeconfig: one(kubeconfig) }),
    ...(ssh === undefined
      ? {}
      : { ssh: { ...withIdentities(ssh, one), ...bastionOf(ssh.bastion, one), ...knownHostsOf(ssh.knownHosts, one) } }),
    ...(rollout?.prometheus ? { rollout: { ...rollout, prometheus: withFiles(rollout.prometheus, one) } } : {}),
    ...(nodeGroups === undefined ? {} : { nodeGroups: nodeGroups.map((group) => groupOf(group, one)) }),
  };
}

/** A path as a file has it, absolute. */
export function homePath(path: string, folder: string, home: string | undefined): string {
  return home && path.startsWith('~/') ? join(home, path.slice(2)) : resolve(folder, path);
}

type Absolute = (path: string) => string;

function withFiles<T extends object>(settings: T, one: Absolute): T {
  const absolute = Object.entries(settings).map(([key, value]: [string, unknown]) => [
    key,
    key.endsWith('File') && typeof value === 'string' ? one(value) : value,
  ]);
  return Object.fromEntries(absolute) as T;
}

function withIdentities<T extends { readonly identityFiles?: readonly string[] | undefined }>(
  settings: T,
  one: Absolute,
): T {
  return settings.identityFiles === undefined
    ? settings
    : { ...settings, identityFiles: settings.identityFiles.map(one) };
}

function bastionOf(bastion: BastionSettings | undefined, one: Absolute): { readonly bastion?: BastionSettings } {
  return bastion === undefined ? {} : { bastion: withIdentities(bastion, one) };
}

function knownHostsOf(
  files: readonly string[] | undefined,
  one: Absolute,
): { readonly knownHosts?: readonly string[] } {
  return files === undefined ? {} : { knownHosts: files.map(one) };
}

function groupOf(group: NodeGroupSettings, one: Absolute): NodeGroupSettings {
  const { bastion } = group;
  return { ...withIdentities(group, one), ...(bastion ? { bastion: withIdentities(bastion, one) } : {}) };
}
