import { join, resolve } from 'node:path';
import { listNodes } from '../../evidence/collect-cluster.ts';
import type { AskedNode } from '../../evidence/collect.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { openKubernetes } from '../../kubernetes/open-kubernetes.ts';
import { pinnedImage, type PinnedImage } from '../../registry/pinned-image.ts';
import { stateFolder } from '../../engine/journal/state-folder.ts';
import { selectNodes, type NodeSelection } from '../../engine/targets/select-nodes.ts';
import { openTransport } from '../../transport/open-transport.ts';
import { defaultPodNamespace, defaultPodStartTimeoutMs } from '../../transport/pod-exec/pod-settings.ts';
import { defaultTransportSettings, type TransportSettings } from '../../transport/settings.ts';
import type { NodeTarget, Transport, TransportKind } from '../../transport/transport.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import { readHostsFile, type HostEntry } from '../configuration/hosts-file.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { textsIn } from '../configuration/named-language.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { SessionRequest } from './session-request.ts';
import type { Texts } from '../texts/texts.ts';
import { donorConnector } from '../images/donor-connector.ts';
import { SessionArchives } from '../images/session-archives.ts';
import { nodemendImage } from '../version.ts';
import { hostsTargets, nodesByName, nodeTargets } from './targets.ts';

/** Everything that a request and the configuration decide. */
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
  /** Of workloads only those of this one are looked at; undefined for all. */
  readonly namespace: string | undefined;
  /** Where Secrets may be read; empty where nobody named a namespace for it. */
  readonly secretNamespaces: readonly string[];
  /** The version of Kubernetes that the cluster is to be upgraded to. */
  readonly upgradeTo?: string | undefined;
  /** Opens the API server's client; undefined with a hosts file. */
  readonly openApi: () => Promise<KubernetesApi | undefined>;
  /** Undefined when nobody asked to go onto nodes. Pods need the API server. */
  readonly openTransport: (api: KubernetesApi | undefined) => Transport | undefined;
  /** The nodes that were asked for, and how each is reached; `others` in their place. Never empty. */
  readonly findNodes: (
    api: KubernetesApi | undefined,
    signal: AbortSignal,
    others?: NodeSelection,
  ) => Promise<FoundNodes>;
  /** Where images come from that are brought to nodes; to be closed. */
  readonly openArchives: (opened: {
    readonly api: KubernetesApi | undefined;
    readonly transport: Transport | undefined;
  }) => SessionArchives;
}

export interface FoundNodes {
  readonly nodes: readonly AskedNode[];
  readonly targets: readonly NodeTarget[];
}

/**
 * Reads the configuration and settles what was asked for. Opens nothing yet. @throws NodemendError POD_NEEDS_API,
 * IMAGE_NOT_PINNED, CONFIGURATION_…, YAML_…
 */
export async function openSession(options: SessionRequest, context: Ports & Partial<Loaded>): Promise<Session> {
  const { configuration } = await loadConfiguration({
    environment: context.environment,
    workingFolder: context.workingFolder,
    ...(options.config === undefined ? {} : { file: options.config }),
  });
  const texts = textsIn(context, configuration);
  const absolute = (path: string): string => resolve(context.workingFolder, path);
  const via = wayToNodes(options, configuration);
  const flags = accessFlags(options, absolute);
  const image = via === 'pod' ? pinnedImage(options.podImage ?? configuration.pod?.image ?? nodemendImage) : undefined;
  const findHosts = async (file: string, selection: NodeSelection): Promise<FoundNodes> => {
    const hosts = selectNodes<HostEntry>(await readHostsFile(absolute(file), context.environment['HOME']), selection);
    return { nodes: hosts, targets: hostsTargets(hosts, configuration, flags) };
  };
  const findNodes: Session['findNodes'] = async (api, signal, others) => {
    const selection = others ?? options;
    if (!api) return findHosts(options.hosts ?? '', selection);
    const listed = await listNodes(api, {
      signal,
      ...(selection.selector === undefined ? {} : { labelSelector: selection.selector }),
    });
    const nodes = selectNodes(listed, selection);
    const targets =
      via === 'pod'
        ? nodesByName(nodes)
        : nodeTargets(nodes, { configuration, flags, server: api.server, context: api.context });
    return { nodes, targets };
  };
  return {
    texts,
    configuration,
    via,
    podNamespace: via === 'pod' ? podNamespace(options, configuration) : undefined,
    timeoutSeconds: options.timeoutSeconds,
    readKubelet: options.readKubelet === true,
    customResources: options.customResources === true,
    namespace: options.namespace,
    secretNamespaces: options.secretNamespaces ?? [],
    openApi: async () =>
      options.hosts === undefined
        ? openKubernetes(kubernetesOptions(options, configuration, context, absolute))
        : undefined,
    openTransport: (api) =>
      via === undefined
        ? undefined
        : openTransport(via, transportSettings({ options, configuration, context, texts, absolute, api, image })),
    findNodes,
    openArchives: (opened) =>
      new SessionArchives({
        folder: join(stateFolder(context.environment), 'images'),
        connect: donorConnector({ ...opened, findNodes, signal: context.interrupt }),
        bandwidth: options.bandwidth ?? 0,
        signal: context.interrupt,
      }),
  };
}

/** @throws NodemendError POD_NEEDS_API */
function wayToNodes({ via, hosts }: SessionRequest, configuration: Configuration): TransportKind | undefined {
  // A hosts file names nodes to log in to: there is nothing else that could be done with them.
  const way = via ?? configuration.via ?? (hosts === undefined ? undefined : 'ssh');
  if (way === 'pod' && hosts !== undefined) throw new NodemendError('POD_NEEDS_API', {});
  return way;
}

function kubernetesOptions(
  options: SessionRequest,
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
  readonly options: SessionRequest;
  readonly configuration: Configuration;
  readonly context: Ports;
  readonly texts: Texts;
  readonly absolute: (path: string) => string;
  readonly api: KubernetesApi | undefined;
  /** Of the pods; undefined when none are asked for. */
  readonly image: PinnedImage | undefined;
}

function transportSettings(source: SettingsSource): TransportSettings {
  const { options, configuration, context, texts, absolute } = source;
  const defaults = defaultTransportSettings(context.environment, context.environment['HOME']);
  const { ssh = {} } = configuration;
  const seconds = options.connectTimeoutSeconds ?? ssh.connectTimeoutSeconds;
  const knownHostsFiles = options.knownHosts?.map((file) => absolute(file)) ?? ssh.knownHosts;
  return {
    ...defaults,
    hostKeyPolicy: options.hostKeys ?? ssh.hostKeys ?? defaults.hostKeyPolicy,
    ...(knownHostsFiles === undefined ? {} : { knownHostsFiles }),
    connectTimeoutMs: seconds === undefined ? defaults.connectTimeoutMs : seconds * 1_000,
    askPassphrase: (path, attempt) => context.prompts.passphrase({ path, attempt }, texts),
    ...podSettings(source),
  };
}

function podSettings(source: SettingsSource): Pick<TransportSettings, 'pod'> {
  const { options, api, configuration, image } = source;
  if (!api || !image) return {};
  const { pod = {} } = configuration;
  const seconds = options.connectTimeoutSeconds ?? pod.startTimeoutSeconds;
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
function podNamespace(options: SessionRequest, { pod = {} }: Configuration): string {
  return options.podNamespace ?? pod.namespace ?? defaultPodNamespace;
}

/** What the request says of logging in, for all nodes; it wins over node groups and hosts files. */
export interface AccessFlags {
  readonly user?: string;
  readonly port?: number;
  readonly identityFiles?: readonly string[];
  readonly bastion?: string;
}

function accessFlags(options: SessionRequest, absolute: (path: string) => string): AccessFlags {
  return {
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.identity === undefined ? {} : { identityFiles: options.identity.map((file) => absolute(file)) }),
    ...(options.bastion === undefined ? {} : { bastion: options.bastion }),
  };
}
