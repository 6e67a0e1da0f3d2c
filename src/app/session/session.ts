import { resolve } from 'node:path';
import { listNodes } from '../../evidence/collect-cluster.ts';
import type { AskedNode } from '../../evidence/collect.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { openKubernetes } from '../../kubernetes/open-kubernetes.ts';
import { problems } from '../../problems/index.ts';
import { pinnedImage, type PinnedImage } from '../../registry/pinned-image.ts';
import { selectNodes } from '../../engine/targets/select-nodes.ts';
import { openTransport } from '../../transport/open-transport.ts';
import { defaultPodNamespace, defaultPodStartTimeoutMs } from '../../transport/pod-exec/pod-settings.ts';
import { defaultTransportSettings, type TransportSettings } from '../../transport/settings.ts';
import type { NodeTarget, Transport, TransportKind } from '../../transport/transport.ts';
import type { Ports } from '../ports.ts';
import { readHostsFile, type HostEntry } from '../configuration/hosts-file.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { SessionOptions } from '../../cli/options/session-options.ts';
import { secretNamespaces } from '../../cli/options/secret-namespaces.ts';
import { createTexts, type Texts } from '../texts/texts.ts';
import { nodemendImage } from '../version.ts';
import { hostsTargets, nodesByName, nodeTargets } from './targets.ts';
import { wholeNumber } from '../../cli/options/whole-number.ts';

/** Everything that flags and configuration decide, for one command. */
export interface Session {
  readonly texts: Texts;
  readonly configuration: Configuration;
  /** Undefined when nobody asked to go onto nodes. */
  readonly via: TransportKind | undefined;
  /** The namespace of nodemend's pods; undefined when none are asked for. */
  readonly podNamespace: string | undefined;
  /** For all sections of a node, or for one script, seconds. */
  readonly timeoutSeconds: number | undefined;
  /** Whether kubelets are asked for their running configuration. */
  readonly readKubelet: boolean;
  /** Whether custom resources are searched for what makes pods. */
  readonly customResources: boolean;
  /** Where Secrets may be read; empty where nobody named a namespace for it. */
  readonly secretNamespaces: readonly string[];
  /** The arguments that chose cluster, nodes and access, to be typed again in a next command. */
  readonly repeat: readonly string[];
  /** Opens the API server's client; undefined with a hosts file. */
  readonly openApi: () => Promise<KubernetesApi | undefined>;
  /** Undefined when nobody asked to go onto nodes. Pods need the API server. */
  readonly openTransport: (api: KubernetesApi | undefined) => Transport | undefined;
  /** The nodes that were asked for, and how each is reached. Never empty. */
  readonly findNodes: (api: KubernetesApi | undefined, signal: AbortSignal) => Promise<FoundNodes>;
}

export interface FoundNodes {
  readonly nodes: readonly AskedNode[];
  readonly targets: readonly NodeTarget[];
}

/**
 * Reads the configuration and settles what the flags mean. Opens nothing yet. @throws NodemendError USAGE,
 * POD_NEEDS_API, IMAGE_NOT_PINNED, CONFIGURATION_…, YAML_…
 */
export async function openSession(context: Ports, options: SessionOptions, command: string): Promise<Session> {
  const { configuration } = await loadConfiguration({
    environment: context.environment,
    workingFolder: context.workingFolder,
    ...(options.config === undefined ? {} : { file: options.config }),
  });
  const texts =
    !context.languageNamed && configuration.language ? createTexts(configuration.language, problems) : context.texts;
  const absolute = (path: string): string => resolve(context.workingFolder, path);
  const via = wayToNodes(options, configuration);
  const flags = accessFlags(options, absolute, command);
  const image = via === 'pod' ? pinnedImage(options.podImage ?? configuration.pod?.image ?? nodemendImage) : undefined;
  const findHosts = async (file: string): Promise<FoundNodes> => {
    const hosts = selectNodes<HostEntry>(await readHostsFile(absolute(file), context.environment['HOME']), options);
    return { nodes: hosts, targets: hostsTargets(hosts, configuration, flags) };
  };
  return {
    texts,
    configuration,
    via,
    podNamespace: via === 'pod' ? podNamespace(options, configuration) : undefined,
    timeoutSeconds:
      options.timeout === undefined
        ? undefined
        : wholeNumber(options.timeout, { option: '--timeout', from: 1, to: 3_600 }, command),
    readKubelet: options.readKubelet === true,
    customResources: options.customResources === true,
    secretNamespaces: secretNamespaces(options, command),
    repeat: repeated(options),
    openApi: async () =>
      options.hosts === undefined
        ? openKubernetes(kubernetesOptions(options, configuration, context, absolute))
        : undefined,
    openTransport: (api) =>
      via === undefined
        ? undefined
        : openTransport(
            via,
            transportSettings({ options, configuration, context, texts, absolute, command, api, image }),
          ),
    findNodes: async (api, signal) => {
      if (!api) return findHosts(options.hosts ?? '');
      const listed = await listNodes(api, {
        signal,
        ...(options.selector === undefined ? {} : { labelSelector: options.selector }),
      });
      const nodes = selectNodes(listed, options);
      const targets =
        via === 'pod'
          ? nodesByName(nodes)
          : nodeTargets(nodes, { configuration, flags, server: api.server, context: api.context });
      return { nodes, targets };
    },
  };
}

/** @throws NodemendError POD_NEEDS_API */
function wayToNodes({ via, hosts }: SessionOptions, configuration: Configuration): TransportKind | undefined {
  // A hosts file names nodes to log in to: there is nothing else that could be done with them.
  const way = (via ?? configuration.via ?? (hosts === undefined ? undefined : 'ssh')) as TransportKind | undefined;
  if (way === 'pod' && hosts !== undefined) throw new NodemendError('POD_NEEDS_API', {});
  return way;
}

function kubernetesOptions(
  options: SessionOptions,
  configuration: Configuration,
  context: Ports,
  absolute: (path: string) => string,
): Parameters<typeof openKubernetes>[0] {
  const kubeconfig = options.kubeconfig === undefined ? configuration.kubeconfig : absolute(options.kubeconfig);
  // The configuration's context belongs to the configuration's kubeconfig, not to one that was named instead.
  const named = options.context ?? (options.kubeconfig === undefined ? configuration.context : undefined);
  return {
    environment: context.environment,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(named === undefined ? {} : { context: named }),
  };
}

interface SettingsSource {
  readonly options: SessionOptions;
  readonly configuration: Configuration;
  readonly context: Ports;
  readonly texts: Texts;
  readonly absolute: (path: string) => string;
  readonly command: string;
  readonly api: KubernetesApi | undefined;
  /** Of the pods; undefined when none are asked for. */
  readonly image: PinnedImage | undefined;
}

function transportSettings(source: SettingsSource): TransportSettings {
  const { options, configuration, context, texts, absolute } = source;
  const defaults = defaultTransportSettings(context.environment, context.environment['HOME']);
  const { ssh = {} } = configuration;
  const seconds = connectTimeout(source) ?? ssh.connectTimeoutSeconds;
  const knownHostsFiles = options.knownHosts?.map((file) => absolute(file)) ?? ssh.knownHosts;
  return {
    ...defaults,
    hostKeyPolicy: (options.hostKeys as 'strict' | 'accept-new' | undefined) ?? ssh.hostKeys ?? defaults.hostKeyPolicy,
    ...(knownHostsFiles === undefined ? {} : { knownHostsFiles }),
    connectTimeoutMs: seconds === undefined ? defaults.connectTimeoutMs : seconds * 1_000,
    askPassphrase: (path, attempt) => context.prompts.passphrase({ path, attempt }, texts),
    ...podSettings(source),
  };
}

function connectTimeout({ options, command }: SettingsSource): number | undefined {
  return options.connectTimeout === undefined
    ? undefined
    : wholeNumber(options.connectTimeout, { option: '--connect-timeout', from: 1, to: 600 }, command);
}

function podSettings(source: SettingsSource): Pick<TransportSettings, 'pod'> {
  const { options, api, configuration, image } = source;
  if (!api || !image) return {};
  const { pod = {} } = configuration;
  const seconds = connectTimeout(source) ?? pod.startTimeoutSeconds;
  return {
    pod: {
      api,
      namespace: podNamespace(options, configuration),
      ...image,
      imagePullSecrets: pod.imagePullSecrets ?? [],
      startTimeoutMs: seconds === undefined ? defaultPodStartTimeoutMs : seconds * 1_000,
    },
  };
}

/** Where pods are made, when they are. */
function podNamespace(options: SessionOptions, { pod = {} }: Configuration): string {
  return options.podNamespace ?? pod.namespace ?? defaultPodNamespace;
}

/** What flags say of logging in, for all nodes; they win over node groups and hosts files. */
export interface AccessFlags {
  readonly user?: string;
  readonly port?: number;
  readonly identityFiles?: readonly string[];
  readonly bastion?: string;
}

function accessFlags(options: SessionOptions, absolute: (path: string) => string, command: string): AccessFlags {
  return {
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.port === undefined
      ? {}
      : { port: wholeNumber(options.port, { option: '--port', from: 1, to: 65_535 }, command) }),
    ...(options.identity === undefined ? {} : { identityFiles: options.identity.map((file) => absolute(file)) }),
    ...(options.bastion === undefined ? {} : { bastion: options.bastion }),
  };
}

const repeatable = [
  ['--config', 'config'],
  ['--kubeconfig', 'kubeconfig'],
  ['--context', 'context'],
  ['--hosts', 'hosts'],
  ['-l', 'selector'],
  ['--nodes', 'nodes'],
  ['--node-group', 'nodeGroup'],
  ['--via', 'via'],
  ['--user', 'user'],
  ['--port', 'port'],
  ['--identity', 'identity'],
  ['--bastion', 'bastion'],
  ['--known-hosts', 'knownHosts'],
  ['--host-keys', 'hostKeys'],
  ['--pod-image', 'podImage'],
  ['--pod-namespace', 'podNamespace'],
  ['--use-secrets', 'useSecrets'],
] as const satisfies readonly (readonly [string, Exclude<keyof SessionOptions, 'readKubelet' | 'customResources'>])[];

function repeated(options: SessionOptions): readonly string[] {
  const words = repeatable.flatMap(([flag, key]) => {
    const value = options[key];
    if (value === undefined) return [];
    return (typeof value === 'string' ? [value] : value).flatMap((one) => [flag, one]);
  });
  return [
    ...words,
    ...(options.readKubelet ? ['--read-kubelet'] : []),
    ...(options.customResources ? ['--custom-resources'] : []),
  ];
}
