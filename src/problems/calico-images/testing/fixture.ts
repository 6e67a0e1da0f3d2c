import type { ClusterEvidence, Evidence, NodeEvidence, Observed, Section } from '../../../evidence/evidence.ts';
import type { PodFacts } from '../../../evidence/pod-facts.ts';
import type { Upkeep } from '../../../evidence/workloads/upkeep.ts';
import type { Workload, WorkloadResource } from '../../../evidence/workloads/workload.ts';
import { observedAccess } from '../../testing/observed-access.ts';
import { problemId } from '../meta.ts';

/** `install-cni` and the like, with their images. */
type Containers = Readonly<Record<string, string>>;

export interface FixtureCluster {
  readonly version?: Observed<string>;
  readonly isNks?: boolean;
  readonly node?: Workload | 'forbidden' | 'absent';
  readonly deployments?: readonly Workload[] | 'forbidden';
  readonly pods?: Observed<PodFacts>;
  readonly events?: ClusterEvidence['events'];
  readonly cluster?: Evidence['cluster'];
  readonly scope?: Partial<Evidence['scope']>;
  /** What the one node's docker keeps; nobody asked it where this is absent. */
  readonly images?: readonly string[];
  /** How many nodes there are, all alike. */
  readonly nodes?: number;
}

export const forbidden = { state: 'unknown', reason: 'forbidden', detail: 'no right to read it' } as const;

/** By hand, with kubectl alone, as NKS puts it. */
const byKubectl: Upkeep = { writers: [{ manager: 'kubectl-client-side-apply', operation: 'Update' }], marks: [] };

export function workload(
  name: string,
  init: Containers,
  containers: Containers,
  more: Partial<Workload> = {},
): Workload {
  const at = (place: string, role: 'container' | 'init', of: Containers): Workload['images'] =>
    Object.entries(of).map(([container, image], index) => ({
      pointer: `/spec/template/spec/${place}/${index}/image`,
      image,
      role,
      container,
    }));
  return {
    namespace: 'kube-system',
    name,
    uid: `uid-${name}`,
    images: [...at('initContainers', 'init', init), ...at('containers', 'container', containers)],
    strategy: 'RollingUpdate',
    upkeep: byKubectl,
    ...more,
  };
}

export function calicoNode(image = 'calico-node:v3.24.1', more: Partial<Workload> = {}): Workload {
  const cni = image.replace('node', 'cni');
  return workload('calico-node', { 'install-cni': cni, 'mount-bpffs': image }, { 'calico-node': image }, more);
}

/** Pods of `calico-node` that run, and of these such that wait on a new node. */
export function pods(waiting: number, message = 'Back-off pulling image "calico-node:v3.24.1"'): PodFacts {
  const of = {
    namespace: 'kube-system',
    owner: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'calico-node' },
    container: 'calico-node',
    image: 'calico-node:v3.24.1',
  };
  return {
    pods: 3,
    uses: [{ ...of, role: 'container', serviceAccount: 'calico-node', pullSecrets: [], pods: 3 }],
    waiting:
      waiting === 0
        ? []
        : [
            {
              ...of,
              reason: 'ImagePullBackOff',
              message,
              pods: waiting,
              samples: [],
              nodes: ['worker-9'],
              since: '2026-11-30T00:00:00Z',
            },
          ],
  };
}

function resource(kind: string, objects: readonly Workload[] | 'forbidden'): WorkloadResource {
  return {
    group: 'apps',
    version: 'v1',
    resource: `${kind.toLowerCase()}s`,
    kind,
    objects: objects === 'forbidden' ? forbidden : { state: 'seen', value: objects },
  };
}

export function fixture(of: FixtureCluster = {}): Evidence {
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt: '2026-11-30T00:00:00.000Z',
    collector: { version: '0.1.0' },
    scope: { via: of.images === undefined ? 'none' : 'ssh', targets: 'cluster', problems: [problemId], ...of.scope },
    cluster: of.cluster ?? { state: 'seen', value: clusterOf(of) },
    nodes: Array.from({ length: of.nodes ?? 1 }, (_, index) => ({ ...nodeOf(of), name: `worker-${index + 1}` })),
  };
}

function clusterOf({ version, node, deployments = [], pods: seen, events }: FixtureCluster): ClusterEvidence {
  return {
    uid: { state: 'seen', value: '0b0e3b9e-0000-4000-8000-000000000000' },
    context: 'practice',
    server: 'https://192.0.2.1:6443',
    version: version ?? { state: 'seen', value: 'v1.29.3' },
    pods: seen ?? { state: 'seen', value: pods(0) },
    events: events ?? { state: 'seen', value: [] },
    workloads: {
      builtIn: [
        resource('DaemonSet', node === 'forbidden' ? node : node === 'absent' ? [] : [node ?? calicoNode()]),
        resource('Deployment', deployments),
      ],
      custom: { state: 'not-looked-at', enable: '--custom-resources' },
    },
  };
}

function section(output: string): Observed<Section> {
  return { state: 'seen', value: { exitCode: 0, encoding: 'utf8', output, truncated: false, errors: '' } };
}

function nodeOf({ isNks = true, images }: FixtureCluster): NodeEvidence {
  return {
    name: 'worker-1',
    address: '192.0.2.11',
    api: {
      state: 'seen',
      value: {
        uid: 'uid-worker-1',
        createdAt: '2024-03-01T00:00:00Z',
        labels: isNks ? { 'magnum.openstack.org/nodegroup': 'default-worker' } : {},
        taints: [],
        unschedulable: false,
        conditions: [],
        osImage: 'Ubuntu 20.04.6 LTS',
        kernelVersion: '5.4.0-196-generic',
        containerRuntimeVersion: 'docker://20.10.24',
        kubeletVersion: 'v1.23.3',
        bootID: 'boot',
        machineID: 'machine',
      },
    },
    access: images === undefined ? { state: 'not-looked-at', enable: '--via ssh' } : observedAccess(),
    sections:
      images === undefined
        ? {}
        : {
            'containerd/images': section('no-containerd\n'),
            'containerd/registries': section('config /etc/containerd/config.toml\n'),
            'docker/images': section(
              [
                'machine x86_64',
                ...images.map((name, index) => `image sha256:${String(index).repeat(64)} <none> 307kB ${name}`),
                '',
              ].join('\n'),
            ),
            'runtimes/running': section('process dockerd 80\nprocess kubelet 91\ndocker-root /var/lib/docker\n'),
          },
  };
}
