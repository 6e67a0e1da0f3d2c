import type { JsonObject } from '../../kubernetes/api.ts';
import { writtenByKubectl } from '../kit/written-by-kubectl.ts';
import type { ClusterFault } from '../problem.ts';

/** Calico as NKS 1.30.3 had it with eBPF, and on each chosen node what its v3.28.0, or eBPF itself, is bad for. */
export const clusterFaults: Readonly<Record<string, ClusterFault>> = {
  'udp-host-network': (node) => [
    ...calico({ node: 'v3.28.0', controllers: 'v3.28.2' }),
    pod('agent', node, { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
  ],
  'istio-sidecar': (node) => [
    ...calico({ node: 'v3.28.2', controllers: 'v3.28.2' }),
    pod('shop', node, {
      containers: [
        { name: 'shop', image: 'registry.example.test/shop:1' },
        { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.22.1' },
      ],
    }),
  ],
  'node-name-reused': (node) => [
    ...calico({ node: 'v3.28.2', controllers: 'v3.28.0' }),
    made('/api/v1/namespaces/default/events', 'Event', `removed-${node}`, {
      involvedObject: { kind: 'Node', name: node, uid: '00000000-0000-4000-8000-00000000dead' },
      type: 'Normal',
      reason: 'RemovingNode',
      message: `Node ${node} event: Removing Node ${node} from Controller`,
      source: { component: 'node-controller' },
      count: 1,
      lastTimestamp: new Date().toISOString(),
    }),
  ],
};

type Made = ReturnType<ClusterFault>[number];

function calico({ node, controllers }: { readonly node: string; readonly controllers: string }): readonly Made[] {
  return [
    workload('DaemonSet', 'calico-node', {
      image: `docker.io/calico/node:${node}`,
      env: [
        { name: 'DATASTORE_TYPE', value: 'etcdv3' },
        { name: 'FELIX_BPFENABLED', value: 'true' },
      ],
      envFrom: [{ configMapRef: { name: 'kubernetes-services-endpoint', optional: true } }],
    }),
    workload('Deployment', 'calico-kube-controllers', { image: `docker.io/calico/kube-controllers:${controllers}` }),
  ];
}

/** No controller makes its pods in a practice cluster: the status is that of a rollout that is over. */
function workload(kind: 'DaemonSet' | 'Deployment', name: string, container: JsonObject): Made {
  const labels = { 'k8s-app': name };
  return made(`/apis/apps/v1/namespaces/kube-system/${kind.toLowerCase()}s`, kind, name, {
    spec: {
      ...(kind === 'DaemonSet' ? { updateStrategy: { type: 'RollingUpdate' } } : { replicas: 1 }),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { hostNetwork: true, containers: [{ name, ...container }] } },
    },
    status:
      kind === 'DaemonSet'
        ? { observedGeneration: 1000, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 }
        : { observedGeneration: 1000, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
  });
}

function pod(name: string, node: string, spec: JsonObject): Made {
  const image = `registry.example.test/${name}:1`;
  return made('/api/v1/namespaces/shop/pods', 'Pod', `${name}-${node}`, {
    spec: { nodeName: node, serviceAccountName: 'default', containers: [{ name, image }], ...spec },
    status: { phase: 'Running' },
  });
}

function made(path: string, kind: string, name: string, rest: JsonObject): Made {
  const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1] ?? '';
  return {
    path,
    object: {
      apiVersion: path.startsWith('/api/') ? 'v1' : 'apps/v1',
      kind,
      metadata: { name, namespace, uid: `uid-${name}`, managedFields: writtenByKubectl },
      ...rest,
    },
  };
}
