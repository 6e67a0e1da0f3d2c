import type { ApiNode, Evidence, NodeEvidence, Section, Observed } from '../../../evidence/evidence.ts';
import { observedAccess } from '../../testing/observed-access.ts';
import { clusterWith } from './fixture.ts';

/** A node whose containerd the probe has looked at, as far as it matters here. */
export interface MirrorNode {
  /** Of the configuration, as the probe shows it; null where there is no file. */
  readonly config?: string | null;
  readonly imported?: string;
  /** `hosts.toml` files by the folder's path; null for a folder without one. */
  readonly hosts?: Readonly<Record<string, string | null>>;
  readonly missing?: readonly string[];
  /** Seconds after containerd's start at which the configuration was changed; before it by default. */
  readonly changed?: number;
  readonly more?: string;
  readonly api?: Partial<ApiNode>;
  readonly docker?: string;
  readonly unit?: string;
}

/** As Debian's containerd 1.6 and kubeadm have it, with one folder of registries. */
export const withConfigPath = `version = 2
[plugins."io.containerd.grpc.v1.cri"]
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "/etc/containerd/certs.d"
`;

const configFile = '/etc/containerd/config.toml';
const now = 1_790_000_000;
const started = now - 3_600;

/** The sections of the probe. */
function mirrorSections(fixture: MirrorNode): NodeEvidence['sections'] {
  return {
    'containerd/registries': section(containerdText(fixture)),
    'docker/daemon': section(fixture.docker ?? 'no-docker\n'),
    'systemd/units': section(fixture.unit ?? ''),
  };
}

function containerdText({
  config = withConfigPath,
  imported,
  hosts = {},
  missing = [],
  changed = -86_400,
  more = '',
}: MirrorNode): string {
  const texts = Object.entries(hosts).flatMap(([folder, text]) =>
    text === null ? [] : [shown(`${folder}/hosts.toml`, text)],
  );
  const roots = [
    ...new Set([
      '/etc/containerd/certs.d',
      ...Object.keys(hosts).map((folder) => folder.slice(0, folder.lastIndexOf('/'))),
    ]),
  ];
  return [
    `config ${configFile}\nrunning 3600\nservice containerd.service\n`,
    config === null
      ? `missing ${configFile}\n`
      : `file 81a4 0 0 900 ${started + changed} ${configFile}\nnow ${now}\n${shown(configFile, config)}`,
    imported === undefined
      ? ''
      : `file 81a4 0 0 100 ${started - 86_400} /etc/containerd/conf.d/nks.toml\nnow ${now}\n` +
        `${shown('/etc/containerd/conf.d/nks.toml', imported)}`,
    ...roots.map((root) => `root ${root}\n`),
    ...Object.keys(hosts).map((folder) => `host ${folder}\n`),
    ...texts,
    ...missing.map((path) => `no-file ${path}\n`),
    more,
  ].join('');
}

function shown(path: string, text: string): string {
  return `text ${text.split('\n').length - 1} ${path}\n${text}`;
}

function section(output: string): Observed<Section> {
  return { state: 'seen', value: { exitCode: 0, encoding: 'utf8', output, errors: '', truncated: false } };
}

/** A cluster with one pod that runs, and one node that was looked at. */
export function mirrorEvidence(fixture: MirrorNode, sections = mirrorSections(fixture)): Evidence {
  const evidence = clusterWith([{ name: 'web-1', madeBy: 'web' }]);
  const nodes = evidence.nodes.map((node): NodeEvidence => ({
    ...node,
    api:
      node.api.state === 'seen'
        ? {
            state: 'seen',
            value: {
              ...node.api.value,
              containerRuntimeVersion: 'containerd://1.6.20',
              kubeletVersion: 'v1.30.0',
              ...fixture.api,
            },
          }
        : node.api,
    access: observedAccess(),
    sections,
  }));
  return { ...evidence, scope: { ...evidence.scope, via: 'ssh' }, nodes };
}

const folder = '/etc/containerd/certs.d/docker.io';
const mirror = (...lines: readonly string[]): Readonly<Record<string, string>> => ({
  [folder]: ['[host."https://mirror.example.test"]', ...lines, ''].join('\n'),
});

/** By name, as the fixtures are called. */
export const mirrorFixtures: Readonly<Record<string, Evidence>> = {
  'pass-mirrors-fine': mirrorEvidence({ hosts: mirror('capabilities = ["pull", "resolve"]') }),
  'pass-mirrors-fine-docker': mirrorEvidence({
    api: { containerRuntimeVersion: 'docker://20.10.24' },
    docker: `flag -H\nrunning 3600\nservice docker.service\nnow ${now}\nmissing /etc/docker/daemon.json\n`,
  }),
  'fail-mirrors-conflict': mirrorEvidence({
    config:
      `${withConfigPath}[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]\n` +
      'endpoint = ["https://mirror.example.test"]\n',
  }),
  'warn-hosts-ignored': mirrorEvidence({
    config: 'version = 2\n',
    hosts: mirror('capabilities = ["pull", "resolve"]'),
  }),
  'warn-containerd-config-pending': mirrorEvidence({ changed: 60 }),
  'warn-hosts-file-broken': mirrorEvidence({ hosts: { [folder]: 'server = "https://registry-1.docker.io"\n?\n' } }),
  'unknown-hosts-file-unread': mirrorEvidence({ hosts: { [folder]: 'host = "***"\n' } }),
  'warn-host-table-missing': mirrorEvidence({ hosts: { [folder]: 'server = "https://mirror.example.test"\n' } }),
  'warn-override-path-missing': mirrorEvidence({
    hosts: { [folder]: '[host."https://harbor.example.test/v2/hub"]\ncapabilities = ["pull", "resolve"]\n' },
  }),
  'warn-resolve-missing': mirrorEvidence({ hosts: mirror('capabilities = ["pull"]') }),
  'warn-certificate-missing': mirrorEvidence({
    hosts: mirror('capabilities = ["pull", "resolve"]', 'ca = "/etc/ssl/mirror.crt"'),
    missing: ['/etc/ssl/mirror.crt'],
  }),
  'warn-registry-config-unread': mirrorEvidence({
    more: 'registry-config /etc/containerd/registry-config.json\n',
    api: { kubeletVersion: 'v1.34.1', labels: { 'magnum.openstack.org/nodegroup': 'default-worker' } },
  }),
  'unknown-mirrors-unknown': mirrorEvidence(
    {},
    {
      'containerd/registries': { state: 'unknown', reason: 'needs-root', detail: 'the probe was not root' },
    },
  ),
};
