import type { CalicoFacts } from '../../../evidence/calico/calico-facts.ts';
import { projectEndpoint, projectFelix, projectNodeEvent } from '../../../evidence/calico/collect-calico.ts';
import type { ApiNode, ClusterEvidence, Evidence, NodeEvidence } from '../../../evidence/evidence.ts';
import { PodFold } from '../../../evidence/fold-pods.ts';
import { projectPod } from '../../../evidence/project-pod.ts';
import { workloadKinds } from '../../../evidence/workloads/collect-workloads.ts';
import { projectWorkload } from '../../../evidence/workloads/project-workload.ts';
import type { WorkloadFacts } from '../../../evidence/workloads/workload.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import { problemId } from '../meta.ts';

/** A cluster with Calico, put together by the collector's own code; by default one of NKS with eBPF by its variable. */
export interface FixtureState {
  /** Image of the container `calico-node`; `absent`: there is no such DaemonSet. */
  readonly node?: string;
  readonly namespace?: string;
  /** Of `calico-kube-controllers`; `absent`: there is none. */
  readonly controllers?: string;
  /** Behind those that Calico's manifest has, and `DATASTORE_TYPE`. */
  readonly env?: readonly JsonObject[];
  readonly datastore?: JsonObject | 'unset';
  readonly envFrom?: readonly JsonObject[];
  /** Of the DaemonSet. */
  readonly metadata?: JsonObject;
  readonly strategy?: string;
  /** Specifications of FelixConfigurations by their names; `absent`: there is no such kind. */
  readonly felix?: Readonly<Record<string, JsonObject>> | 'absent';
  readonly endpoint?: Readonly<Record<string, string>> | 'absent';
  readonly pods?: readonly JsonObject[];
  /** UIDs of nodes in events, by name. */
  readonly nodeEvents?: Readonly<Record<string, string>>;
  readonly scope?: Partial<Evidence['scope']>;
  readonly more?: Partial<ClusterEvidence>;
}

export const bpf = { name: 'FELIX_BPFENABLED', value: 'true' };
export const connectTime = { name: 'FELIX_BPFCONNECTTIMELOADBALANCING', value: 'Enabled' };
export const hostNat = { name: 'FELIX_BPFHOSTNETWORKEDNATWITHOUTCTLB', value: 'Disabled' };

export const releases = {
  node: 'docker.io/calico/node:v3.28.0',
  controllers: 'docker.io/calico/kube-controllers:v3.28.0',
  mendedNode: 'docker.io/calico/node:v3.28.2',
  mendedControllers: 'docker.io/calico/kube-controllers:v3.28.2',
} as const;

export const byKubectl = { manager: 'kubectl-client-side-apply', operation: 'Update' };
const byController = { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status' };

/** A pod that asks the cluster's DNS from its host's network. */
export const hostDnsPod = pod('agent', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });

const sidecar = { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.22.1' };
export const meshedPod = pod('shop', {
  containers: [{ name: 'shop', image: 'registry.example.test/shop:1' }, sidecar],
});
export const gatewayPod = pod('gateway', { containers: [sidecar] });

export function pod(name: string, spec: JsonObject): JsonObject {
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid: `uid-${name}`, controller: true };
  return {
    metadata: { name: `${name}-x7k2p`, namespace: 'team', uid: `uid-${name}-x7k2p`, ownerReferences: [owner] },
    spec: {
      nodeName: 'worker-1',
      dnsPolicy: 'ClusterFirst',
      containers: [{ name, image: `registry.example.test/${name}:1` }],
      ...spec,
    },
    status: { phase: 'Running' },
  };
}

/** The variables of Calico's manifest for etcd that a template always has. */
const manifest: readonly JsonObject[] = [
  { name: 'ETCD_ENDPOINTS', valueFrom: { configMapKeyRef: { name: 'calico-config', key: 'etcd_endpoints' } } },
  { name: 'NODENAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
];

export function calicoNodeObject(state: FixtureState): JsonObject {
  const { node = releases.node, namespace = 'kube-system', env = [bpf], metadata = {} } = state;
  const { datastore = { value: 'etcdv3' }, envFrom = [manifestSource], strategy = 'RollingUpdate' } = state;
  const type = datastore === 'unset' ? [] : [{ name: 'DATASTORE_TYPE', ...datastore }];
  const container = { name: 'calico-node', image: node, env: [...type, ...manifest, ...env], envFrom: [...envFrom] };
  return {
    metadata: {
      name: 'calico-node',
      namespace,
      uid: 'uid-calico-node',
      labels: { 'k8s-app': 'calico-node' },
      managedFields: [byKubectl, byController],
      ...metadata,
    },
    spec: { updateStrategy: { type: strategy }, template: { spec: { containers: [container] } } },
  };
}

/** Calico's own manifest, since v3.16. */
const manifestSource = { configMapRef: { name: 'kubernetes-services-endpoint', optional: true } };

function workloadsOf(state: FixtureState): WorkloadFacts {
  const { node, namespace = 'kube-system', controllers = releases.mendedControllers } = state;
  const deployment = {
    metadata: { name: 'calico-kube-controllers', namespace, uid: 'uid-calico-kube-controllers' },
    spec: { template: { spec: { containers: [{ name: 'calico-kube-controllers', image: controllers }] } } },
  };
  const objects: Readonly<Record<string, readonly JsonObject[]>> = {
    DaemonSet: node === 'absent' ? [] : [calicoNodeObject(state)],
    Deployment: node === 'absent' || controllers === 'absent' ? [] : [deployment],
  };
  return {
    builtIn: workloadKinds
      .filter(({ kind }) => kind in objects)
      .map((resource) => ({
        ...resource,
        objects: {
          state: 'seen',
          value: (objects[resource.kind] ?? []).flatMap((raw) => projectWorkload(raw, resource.kind) ?? []),
        },
      })),
    custom: { state: 'not-looked-at', enable: '--custom-resources' },
  };
}

export function stateOf(state: FixtureState): Evidence {
  const { pods = [], scope = {}, more = {} } = state;
  const fold = new PodFold();
  for (const raw of pods) {
    const projected = projectPod(raw);
    if (projected) fold.add(projected);
  }
  const cluster: ClusterEvidence = {
    uid: { state: 'seen', value: '00000000-0000-4000-8000-000000000000' },
    context: 'practice',
    server: 'https://api.example.test:6443',
    version: { state: 'seen', value: 'v1.30.3' },
    pods: { state: 'seen', value: fold.facts() },
    workloads: workloadsOf(state),
    calico: calicoFactsOf(state),
    ...more,
  };
  return evidenceOf({ state: 'seen', value: cluster }, scope);
}

function calicoFactsOf({ felix = 'absent', endpoint = 'absent', nodeEvents = {} }: FixtureState): CalicoFacts {
  const configurations =
    felix === 'absent'
      ? felix
      : Object.entries(felix).map(([name, spec]) => projectFelix({ metadata: { name }, spec }));
  const events = Object.entries(nodeEvents).flatMap(
    ([name, uid]) => projectNodeEvent({ involvedObject: { kind: 'Node', name, uid } }) ?? [],
  );
  return {
    felix: { state: 'seen', value: configurations },
    endpoint: { state: 'seen', value: endpoint === 'absent' ? endpoint : projectEndpoint({ data: endpoint }) },
    nodeEvents: { state: 'seen', value: events },
  };
}

const node: ApiNode = {
  uid: 'uid-worker-1-now',
  createdAt: '2026-11-26T00:00:00Z',
  labels: {},
  taints: [],
  unschedulable: false,
  conditions: [],
  osImage: 'Ubuntu 22.04.5 LTS',
  kernelVersion: '5.15.0-164-generic',
  containerRuntimeVersion: 'containerd://1.6.21',
  kubeletVersion: 'v1.30.3',
  bootID: 'b',
  machineID: 'm',
};

export function evidenceOf(
  cluster: Evidence['cluster'],
  scope: Partial<Evidence['scope']> = {},
  uid = node.uid,
): Evidence {
  const isCluster = cluster.state === 'seen';
  const api: NodeEvidence['api'] = isCluster
    ? { state: 'seen', value: { ...node, uid } }
    : { state: 'not-looked-at', enable: '--kubeconfig' };
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt: '2026-11-26T00:10:00.000Z',
    collector: { version: '0.0.0' },
    scope: { via: 'none', targets: isCluster ? 'cluster' : 'hosts', problems: [problemId], ...scope },
    cluster,
    nodes: [
      {
        name: 'worker-1',
        address: '192.0.2.1',
        api,
        access: { state: 'not-looked-at', enable: '--via ssh' },
        sections: {},
      },
    ],
  };
}
