import type { ListedNode } from '../../evidence/collect-cluster.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { detectPlatform, sshUserFor } from '../../platforms/platform.ts';
import type { BastionTarget, NodeTarget } from '../../transport/transport.ts';
import type { HostEntry } from '../configuration/hosts-file.ts';
import { accessLookup, type AccessSettings } from '../configuration/node-access.ts';
import type { BastionSettings, Configuration } from '../configuration/schema.ts';
import type { AccessFlags } from './session.ts';

interface NodeTargetsOptions {
  readonly context: string;
  readonly configuration: Configuration;
  readonly flags: AccessFlags;
  readonly server: string;
}

/** Flags over the node group's settings over the platform's login name for the node's operating system. */
export function nodeTargets(
  nodes: readonly ListedNode[],
  { configuration, flags, server, context }: NodeTargetsOptions,
): readonly NodeTarget[] {
  const lookup = accessLookup(configuration);
  const platform = detectPlatform({ server, context, nodes: nodes.map(({ api }) => api) });
  return nodes.map((node) => {
    const settings = lookup(node);
    const user = flags.user ?? settings.user ?? sshUserFor(platform, node.api.osImage);
    return target(node, settings, flags, user);
  });
}

/** For a way that needs no login: who would log in, and through what, is nobody's matter. */
export function nodesByName(nodes: readonly ListedNode[]): readonly NodeTarget[] {
  return nodes.map(({ name, address, group }) => ({
    name,
    address,
    ...(group === undefined ? {} : { group }),
    identityFiles: [],
  }));
}

/** Flags over the hosts file over the configuration. */
export function hostsTargets(
  hosts: readonly HostEntry[],
  configuration: Configuration,
  flags: AccessFlags,
): readonly NodeTarget[] {
  const lookup = accessLookup(configuration);
  return hosts.map((host) => {
    const configured = lookup(host);
    const {
      user = configured.user,
      port = configured.port,
      identityFiles = configured.identityFiles,
      bastion = configured.bastion,
    } = host;
    const settings: AccessSettings = {
      identityFiles,
      ...(port === undefined ? {} : { port }),
      ...(bastion === undefined ? {} : { bastion }),
    };
    return target(host, settings, flags, flags.user ?? user);
  });
}

function target(
  node: { readonly name: string; readonly address: string; readonly group?: string },
  settings: AccessSettings,
  flags: AccessFlags,
  user: string | undefined,
): NodeTarget {
  const port = flags.port ?? settings.port;
  const bastion =
    flags.bastion === undefined
      ? configuredBastion(settings.bastion)
      : parseBastion(flags.bastion, flags.identityFiles ?? settings.identityFiles);
  return {
    name: node.name,
    address: node.address,
    ...(node.group === undefined ? {} : { group: node.group }),
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    identityFiles: flags.identityFiles ?? settings.identityFiles,
    ...(bastion ? { bastion } : {}),
  };
}

function configuredBastion(bastion: BastionSettings | undefined): BastionTarget | undefined {
  if (!bastion) return undefined;
  const { host, user, port, identityFiles = [] } = bastion;
  return {
    address: host,
    identityFiles,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
  };
}

/** `[user@]host[:port]`, an IPv6 address in brackets when a port follows. */
const bastionForm =
  /^(?:(?<user>[A-Za-z_][\w.-]*)@)?(?:\[(?<six>[0-9A-Fa-f:.]+)\]|(?<host>[A-Za-z0-9_][\w.-]*))(?::(?<port>\d{1,5}))?$/;

/** @throws NodemendError USAGE */
export function parseBastion(text: string, identityFiles: readonly string[]): BastionTarget {
  const { user, six, host, port } = bastionForm.exec(text)?.groups ?? {};
  const address = six ?? host;
  if (address === undefined || !isPort(port))
    throw new NodemendError('USAGE', { context: 'bastion', typed: '--bastion', value: text });
  return {
    address,
    identityFiles,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

/** No port at all is the usual one. */
function isPort(text: string | undefined): boolean {
  return text === undefined || (Number(text) >= 1 && Number(text) <= 65_535);
}
