import type { Evidence, NodeEvidence } from '../../../evidence/evidence.ts';
import { detectPlatform } from '../../../platforms/platform.ts';
import { daemonConfig } from '../../../runtimes/docker/daemon-fault.ts';
import type { Finding } from '../../problem.ts';
import { pass, trouble, unknown, type RuleFor } from '../finding.ts';
import {
  readContainerdConfig,
  defaultConfigPath,
  type RegistrySettings,
} from '../../../runtimes/containerd/containerd-config.ts';
import {
  lacksOverridePath,
  readHostsFile,
  type HostEntry,
  type HostsFile,
} from '../../../runtimes/containerd/hosts-file.ts';
import { containerdRegistries, type ContainerdFacts } from '../../../runtimes/containerd/registries.ts';
import { readFact, wasAskedFor } from '../../kit/read-fact.ts';
import { dockerFacts } from './registry-facts.ts';
import { containerdVersion, pullsWith } from './pulls-with.ts';

/**
 * What is set on the nodes of where images come from, and what of it does not do what it looks like. One finding at
 * least for each node that was looked at.
 */
export function mirrorFindings(evidence: Evidence): readonly Finding[] {
  return evidence.nodes.flatMap((node) =>
    wasAskedFor(node, containerdRegistries) ? nodeFindings(node, evidence) : [],
  );
}

function nodeFindings(node: NodeEvidence, evidence: Evidence): readonly Finding[] {
  const found = judgedFindings(node, evidence);
  // Which runtime pulls and its release are the Node object's to say; whether the probe saw all, who it ran as.
  const doubt = [node.api, node.access].find(({ state }) => state === 'unknown');
  const isDoubted = doubt?.state === 'unknown' && found.some(({ status }) => status !== 'unknown');
  return isDoubted ? [...found.filter(({ status }) => status !== 'pass'), unobserved(node, doubt.reason)] : found;
}

function judgedFindings(node: NodeEvidence, evidence: Evidence): readonly Finding[] {
  const [containerd, docker] = [readFact(node, containerdRegistries), dockerFacts(node)];
  if (containerd.state !== 'seen' || docker.state !== 'seen')
    return [
      unobserved(
        node,
        containerd.state === 'unknown'
          ? containerd.reason
          : docker.state === 'unknown'
            ? docker.reason
            : 'probe-failed',
      ),
    ];
  if (
    pullsWith(node, { containerd: containerd.value !== 'no-containerd', docker: docker.value !== 'no-docker' }) !==
      'containerd' ||
    containerd.value === 'no-containerd'
  ) {
    const config = docker.value === 'no-docker' ? undefined : daemonConfig(docker.value);
    return [
      fine(node, config?.state === 'valid' ? config.options.registryMirrors.map((url) => `docker.io ${url}`) : []),
    ];
  }
  return containerdFindings(node, containerd.value, evidence);
}

function containerdFindings(node: NodeEvidence, facts: ContainerdFacts, evidence: Evidence): readonly Finding[] {
  const config = readContainerdConfig(facts.files);
  if (facts.refused !== undefined) return [unobserved(node, 'unproven')];
  if (facts.closed !== undefined || config.state !== 'read') return [unobserved(node, 'malformed')];
  const { settings } = config;
  const usedRoots =
    settings.configPath.length > 0 ? settings.configPath : (defaultConfigPath(containerdVersion(node)) ?? []);
  const troubles = [
    ...conflict(node, settings),
    ...ignored(node, facts, {
      settings,
      isKnown: settings.configPath.length > 0 || defaultConfigPath(containerdVersion(node)) !== undefined,
      usedRoots,
    }),
    ...pending(node, facts, settings),
    ...hostsTroubles(node, facts),
    ...outdated(node, facts, evidence),
  ];
  return troubles.length > 0 ? troubles : [fine(node, mirrorsOf(facts, settings))];
}

const source = (node: NodeEvidence): readonly string[] => [`${node.name}#${containerdRegistries.key}`];

function unobserved(node: NodeEvidence, reason: Parameters<typeof unknown>[1]): Finding {
  return unknown(
    { rule: 'mirrors-unknown', subject: { kind: 'node', name: node.name }, evidence: source(node) },
    reason,
  );
}

function fine(node: NodeEvidence, mirrors: readonly string[]): Finding {
  return pass({
    rule: 'mirrors-fine',
    subject: { kind: 'node', name: node.name },
    evidence: source(node),
    facts: { mirrors },
  });
}

function warn(node: NodeEvidence, rule: RuleFor<'warn'>, params: Readonly<Record<string, string>>): readonly Finding[] {
  return [
    trouble({
      status: 'warn',
      rule,
      subject: { kind: 'node', name: node.name },
      params,
      evidence: source(node),
    }),
  ];
}

/**
 * containerd internal/cri/config, ValidatePluginConfig: the plugin does not load, which is a warning in its log and the
 * end of the node.
 */
function conflict(node: NodeEvidence, { file, configPath, mirrors, tls }: RegistrySettings): readonly Finding[] {
  const old = mirrors.length > 0 ? 'mirrors' : tls.length > 0 ? 'configs.*.tls' : undefined;
  if (old === undefined || configPath.length === 0) return [];
  const said = {
    rule: 'mirrors-conflict',
    subject: { kind: 'node', name: node.name },
    params: { file, old },
    evidence: source(node),
  } as const;
  return [trouble({ ...said, status: 'fail' })];
}

interface Used {
  readonly settings: RegistrySettings;
  readonly isKnown: boolean;
  readonly usedRoots: readonly string[];
}

/** Somebody has written where images come from, and containerd does not look there. */
function ignored(
  node: NodeEvidence,
  facts: ContainerdFacts,
  { settings, isKnown, usedRoots }: Used,
): readonly Finding[] {
  const unused = facts.hostsFiles.find(({ path }) => !usedRoots.some((root) => path.startsWith(`${root}/`)));
  return !isKnown || unused === undefined
    ? []
    : warn(node, 'hosts-ignored', { path: unused.path, file: settings.file });
}

function pending(
  node: NodeEvidence,
  facts: ContainerdFacts,
  { file, configPath, mirrors }: RegistrySettings,
): readonly Finding[] {
  return facts.isChangedSinceStart && (configPath.length > 0 || mirrors.length > 0)
    ? warn(node, 'containerd-config-pending', { file })
    : [];
}

function hostsTroubles(node: NodeEvidence, facts: ContainerdFacts): readonly Finding[] {
  const files = facts.hostsFiles.map(({ path, text }) => ({ path, file: readHostsFile(text) }));
  const entries = files.flatMap(({ path, file }) =>
    [...(file?.hosts ?? []), ...(file?.server ? [file.server] : [])].map((entry) => ({ path, entry })),
  );
  const first = (rule: RuleFor<'warn'>, isWrong: (entry: HostEntry) => boolean): readonly Finding[] => {
    const found = entries.find(({ entry }) => isWrong(entry));
    return found === undefined ? [] : warn(node, rule, { path: found.path, url: found.entry.url });
  };
  const [missing] = facts.missing;
  return [
    ...unread(node, facts.hostsFiles),
    ...withoutTable(node, files),
    ...first('override-path-missing', lacksOverridePath),
    ...first('resolve-missing', ({ capabilities }) => capabilities !== undefined && !capabilities.includes('resolve')),
    ...(missing === undefined ? [] : warn(node, 'certificate-missing', { path: missing })),
  ];
}

interface Read {
  readonly path: string;
  readonly file: HostsFile | undefined;
}

/**
 * containerd 1 wants a table `host`, and ignores a file without one (remotes/docker/config/hosts.go, getSortedHosts).
 * Where the server is the registry itself it makes no difference.
 */
function withoutTable(node: NodeEvidence, files: readonly Read[]): readonly Finding[] {
  if (!containerdVersion(node)?.startsWith('1.')) return [];
  const found = files.find(
    ({ path, file }) =>
      file?.server !== undefined && file.hosts.length === 0 && !isRegistryItself(path, file.server.url),
  );
  return found === undefined
    ? []
    : warn(node, 'host-table-missing', { path: found.path, url: found.file?.server?.url ?? '' });
}

function isRegistryItself(path: string, server: string): boolean {
  const registry = (path.split('/').at(-2) ?? '').replace(/_(\d+)_$/u, ':$1');
  const host = server.replace(/^https?:\/\//u, '').replace(/\/.*$/u, '');
  return host === registry || (registry === 'docker.io' && host === 'registry-1.docker.io');
}

/** The probe shows a line that is none of TOML as a question mark; what else is not taken apart may be well. */
function unread(node: NodeEvidence, files: ContainerdFacts['hostsFiles']): readonly Finding[] {
  const failed = files.filter(({ text }) => readHostsFile(text) === undefined);
  const broken = failed.find(({ text }) => /^\?$/mu.test(text));
  if (broken !== undefined) return warn(node, 'hosts-file-broken', { path: broken.path });
  const [odd] = failed;
  return odd === undefined
    ? []
    : [
        unknown(
          {
            rule: 'hosts-file-unread',
            subject: { kind: 'node', name: node.name },
            params: { path: odd.path },
            evidence: source(node),
          },
          'malformed',
        ),
      ];
}

/** NKS reads its file no longer from 1.34 on (its user guide, registry settings). */
function outdated(
  node: NodeEvidence,
  { nksFile, hostsFiles }: ContainerdFacts,
  { cluster, nodes }: Evidence,
): readonly Finding[] {
  // With a hosts.toml beside it somebody has seen to it.
  if (nksFile === undefined || hostsFiles.length > 0 || node.api.state !== 'seen') return [];
  const signs = cluster.state === 'seen' ? { server: cluster.value.server, context: cluster.value.context } : {};
  const labelled = nodes.flatMap(({ api }) => (api.state === 'seen' ? [api.value] : []));
  const minor = Number(/^v1\.(\d+)/u.exec(node.api.value.kubeletVersion)?.[1] ?? 0);
  return detectPlatform({ ...signs, nodes: labelled }) === 'nks' && minor >= 34
    ? warn(node, 'registry-config-unread', { path: nksFile })
    : [];
}

/** For JSON: which registry goes where. */
function mirrorsOf(facts: ContainerdFacts, settings: RegistrySettings): readonly string[] {
  const ofFiles = facts.hostsFiles.flatMap(({ path, text }) => {
    const registry = path.split('/').at(-2) ?? '';
    return (readHostsFile(text)?.hosts ?? []).map(({ url }) => `${registry} ${url}`);
  });
  return [...ofFiles, ...settings.mirrors].toSorted();
}
