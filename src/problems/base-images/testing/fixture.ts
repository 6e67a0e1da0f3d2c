import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiNode, Evidence, NodeEvidence, Observed, Section } from '../../../evidence/evidence.ts';
import type { ImageUse, PodFacts } from '../../../evidence/pod-facts.ts';
import { imageHold, type ImageHold } from '../../../images/pins/image-hold.ts';
import { observedAccess } from '../../testing/observed-access.ts';
import { problemId } from '../meta.ts';

/** A node whose sections are those of a real one (`src/images/fixtures/`), with what is named here changed. */
export interface FixtureNode {
  readonly name?: string;
  readonly runtime?: 'containerd-1.6.20' | 'containerd-2.4.2' | 'docker-20.10.24';
  /** Changes what the probe printed of images. */
  readonly images?: (text: string) => string;
  readonly configuration?: (text: string) => string;
  /** Percent of the disk of images that is used; without it the room is not known. */
  readonly used?: number | 'unknown';
  /** 5,000 by default. */
  readonly inodes?: number;
  /** 4,000 by default. */
  readonly freeInodes?: number;
  /**
   * Where lies what nodemend brings, beside kubelet's own folder, and how many blocks of 50,000 are free there; older
   * probes say nothing but where kubelet's does. Without it nothing is known of that.
   */
  readonly others?:
    | 'same-disk'
    | 'another-disk'
    | { readonly blocks: number; readonly path: '/var/lib' | '/var/lib/kubelet' };
  /** Lines of kubelet's section besides those that every kubelet has. */
  readonly kubelet?: readonly string[] | 'timed-out' | 'no-kubelet';
  readonly underPressure?: true;
  /** What the probe printed of what is unpacked, asked for by plans alone; made from what it printed of images. */
  readonly unpacked?: (images: string) => string;
  /** What the probe printed of the node's own `sleep`. */
  readonly program?: string;
  /** Only a hosts file names it. */
  readonly withoutApi?: true;
  readonly unseen?: 'not-looked-at' | 'unreachable';
}

const debianSleep = `program /usr/bin/sleep
library libc.so.6 /lib/x86_64-linux-gnu/libc.so.6
loader /lib64/ld-linux-x86-64.so.2
`;

const folder = join(import.meta.dirname, '../../../images/fixtures');

function recorded(runtime: string, section: string): string {
  return readFileSync(join(folder, `${runtime}.${section}.txt`), 'utf8');
}

export function without(pattern: RegExp): (text: string) => string {
  return (text) =>
    text
      .split('\n')
      .filter((line) => !pattern.test(line))
      .join('\n');
}

/** No container runs, so that nothing is kept for that. */
export const nothingRuns = without(/^use \d+ container /);

function section(output: string): Observed<Section> {
  return { state: 'seen', value: { exitCode: 0, encoding: 'utf8', output, truncated: false, errors: '' } };
}

/** Of 100,000 blocks. */
function roomSection(path: string, used: number, node: FixtureNode): Observed<Section> {
  const { others, inodes = 5000, freeInodes = 4000 } = node;
  const available = 100_000 - used * 1000;
  const images = `4096 100000 ${available} ${available} ${inodes} ${freeInodes} abc`;
  if (others === undefined) return section(`${images} ${path}\n`);
  const another = typeof others === 'object' ? others : { blocks: 40_000, path: '/var/lib' };
  const lines = others === 'same-disk' ? images : `4096 50000 ${another.blocks} ${another.blocks} 9000 8000 def`;
  const paths = another.path === '/var/lib' ? ['/var/lib', '/var/lib/kubelet'] : [another.path];
  return section([`${images} ${path}`, ...paths.map((one) => `${lines} ${one}`), ''].join('\n'));
}

function kubeletSection(runtime: string, lines: FixtureNode['kubelet'] = []): Observed<Section> {
  if (lines === 'timed-out') return { state: 'unknown', reason: 'timed-out', detail: 'section kubelet/configuration' };
  if (lines === 'no-kubelet') return section('no-kubelet\n');
  const flags = runtime.startsWith('docker') ? ['option pod-infra-container-image=registry.k8s.io/pause:3.6'] : [];
  return section(['running 86400', ...flags, ...lines, 'now 1796041732', 'pods', ''].join('\n'));
}

function programSection({ program = debianSleep }: FixtureNode): Observed<Section> {
  return section(program);
}

function unpackedSection({ unpacked }: FixtureNode, images: string): NodeEvidence['sections'] {
  return unpacked === undefined ? {} : { 'containerd/unpacked': section(unpacked(images)) };
}

function runningSection(runtime: string): Observed<Section> {
  const isDocker = runtime.startsWith('docker');
  const lines = isDocker
    ? ['process dockerd 80', 'process containerd 79', 'process kubelet 91']
    : [
        'process containerd 79',
        'kubelet-option --container-runtime-endpoint=unix:///run/containerd/containerd.sock',
        'process kubelet 91',
      ];
  return section([...lines, 'docker-root /var/lib/docker', ''].join('\n'));
}

function sectionsOf(node: FixtureNode): NodeEvidence['sections'] {
  const { runtime = 'containerd-1.6.20', images = (text) => text, configuration = (text) => text, used = 40 } = node;
  const isDocker = runtime.startsWith('docker');
  const path = isDocker ? '/var/lib/docker' : '/var/lib/containerd';
  const ofContainerd = isDocker ? 'machine x86_64\n' : images(recorded(runtime, 'containerd-images'));
  return {
    'containerd/images': section(ofContainerd),
    ...unpackedSection(node, ofContainerd),
    'containerd/registries': isDocker
      ? section('config /etc/containerd/config.toml\n')
      : section(configuration(recorded(runtime, 'containerd-registries'))),
    'docker/images': section(isDocker ? images(recorded(runtime, 'docker-images')) : 'no-docker\n'),
    'images/holding-program': programSection(node),
    'disk/room':
      used === 'unknown'
        ? { state: 'unknown', reason: 'timed-out', detail: 'section disk/room' }
        : roomSection(path, used, node),
    'kubelet/configuration': kubeletSection(runtime, node.kubelet),
    'runtimes/running': runningSection(runtime),
  };
}

function apiNode({ name = 'worker-1', runtime = 'containerd-1.6.20', underPressure }: FixtureNode): ApiNode {
  const [kind, version] = runtime.split('-');
  return {
    uid: `uid-${name}`,
    createdAt: '2026-01-01T00:00:00Z',
    labels: {},
    taints: [],
    unschedulable: false,
    conditions: [
      { type: 'DiskPressure', status: underPressure ? 'True' : 'False', reason: '', since: '2026-11-30T12:00:00Z' },
    ],
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    kernelVersion: '6.18.5',
    containerRuntimeVersion: `${kind}://${version}`,
    kubeletVersion: kind === 'docker' ? 'v1.23.17' : 'v1.34.4',
    bootID: 'b',
    machineID: 'm',
  };
}

function nodeOf(node: FixtureNode): NodeEvidence {
  const { name = 'worker-1', unseen, withoutApi } = node;
  return {
    name,
    address: '10.0.0.11',
    api: withoutApi ? { state: 'not-looked-at', enable: '--kubeconfig' } : { state: 'seen', value: apiNode(node) },
    access:
      unseen === 'not-looked-at'
        ? { state: 'not-looked-at', enable: '--via ssh' }
        : unseen === 'unreachable'
          ? { state: 'unknown', reason: 'unreachable', detail: 'connect ECONNREFUSED 10.0.0.11:22' }
          : observedAccess({ hostname: name, machineId: `machine-of-${name}` }),
    sections: unseen === undefined ? sectionsOf(node) : {},
  };
}

/** A pod of kube-system, of a DaemonSet, on these nodes. */
export function daemonSet(image: string, more: Partial<ImageUse> = {}): ImageUse {
  return {
    namespace: 'kube-system',
    owner: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: image.replace(/^.*\//, '').replace(/[:@].*$/, '') },
    container: 'main',
    role: 'container',
    image,
    serviceAccount: 'default',
    pullSecrets: [],
    pods: 1,
    nodes: ['worker-1'],
    ...more,
  };
}

/** Pods of it wait because they cannot pull it. */
export function waitingFor(use: ImageUse): PodFacts['waiting'][number] {
  const { namespace, owner, container, image, nodes = [] } = use;
  return {
    namespace,
    owner,
    container,
    image,
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image "${image}"`,
    pods: 1,
    samples: [],
    nodes,
    since: '2026-11-30T11:00:00Z',
  };
}

export interface FixtureCluster {
  readonly uses?: readonly ImageUse[];
  readonly waiting?: PodFacts['waiting'];
  readonly collectedAt?: string;
  readonly baseImages?: readonly string[];
  readonly upgradeTo?: string;
  /** DaemonSets that hold images; by default none. */
  readonly holds?: readonly ImageHold[] | 'forbidden';
  /** What somebody has made of their text since. */
  readonly edited?: (text: string) => string;
}

export function fixture(
  nodes: FixtureNode | readonly FixtureNode[] = {},
  cluster: FixtureCluster | 'forbidden' | 'none' = {},
): Evidence {
  const {
    collectedAt = '2026-11-30T12:28:52.000Z',
    baseImages,
    upgradeTo,
  } = typeof cluster === 'string' ? {} : cluster;
  const all = [nodes].flat();
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt,
    collector: { version: '0.1.0' },
    scope: {
      via: all.some(({ unseen }) => unseen === 'not-looked-at') ? 'none' : 'ssh',
      targets: cluster === 'none' ? 'hosts' : 'cluster',
      problems: [problemId],
      ...(baseImages === undefined ? {} : { neededImages: baseImages }),
      ...(upgradeTo === undefined ? {} : { upgradeTo }),
    },
    cluster: cluster === 'none' ? { state: 'not-looked-at', enable: '--kubeconfig' } : observedCluster(cluster),
    nodes: all.map(nodeOf),
  };
}

function observedCluster(cluster: FixtureCluster | 'forbidden'): Evidence['cluster'] {
  const pods: Observed<PodFacts> =
    cluster === 'forbidden'
      ? { state: 'unknown', reason: 'forbidden', detail: 'pods is forbidden' }
      : { state: 'seen', value: { pods: 1, uses: cluster.uses ?? [], waiting: cluster.waiting ?? [] } };
  const holds = cluster === 'forbidden' ? [] : (cluster.holds ?? []);
  const edited = (cluster === 'forbidden' ? undefined : cluster.edited) ?? ((text: string): string => text);
  const imageHolds: Observed<readonly string[]> =
    holds === 'forbidden'
      ? { state: 'unknown', reason: 'forbidden', detail: 'daemonsets.apps is forbidden' }
      : { state: 'seen', value: holds.map((hold) => edited(JSON.stringify(imageHold(hold)))) };
  return {
    state: 'seen',
    value: {
      uid: { state: 'seen', value: '7f2c8f0e-1111-4222-8333-444455556666' },
      context: 'testbed',
      server: 'https://127.0.0.1:6443',
      version: { state: 'seen', value: 'v1.34.4' },
      pods,
      imageHolds,
    },
  };
}
