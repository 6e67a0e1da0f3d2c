import type { JsonObject } from '../../kubernetes/api.ts';
import { writtenByKubectl } from '../kit/written-by-kubectl.ts';
import type { ClusterFault } from '../problem.ts';

const namespace = 'kube-system';
const labels = { 'k8s-app': 'calico-node' };

/** containerd 1.7 of a repository that Docker Hub does not have. */
const denied =
  'failed to pull and unpack image "docker.io/library/calico-node:v3.24.1": failed to resolve reference ' +
  '"docker.io/library/calico-node:v3.24.1": pull access denied, repository does not exist or may require ' +
  'authorization: server message: insufficient_scope: authorization failed';

/** As clusters from before 2024-05 have it; some of them have no `mount-bpffs`. */
const wrongCalicoNode: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: {
    name: 'calico-node',
    namespace,
    labels,
    managedFields: writtenByKubectl,
  },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        initContainers: [
          { name: 'install-cni', image: 'calico-cni:v3.24.1' },
          { name: 'mount-bpffs', image: 'calico-node:v3.24.1' },
        ],
        containers: [{ name: 'calico-node', image: 'calico-node:v3.24.1' }],
      },
    },
  },
};

/** Calico's DaemonSet with these names, and its pod on each chosen node, which waits for its image. */
export const clusterFaults: Readonly<Record<string, ClusterFault>> = {
  'wrong-repository': (node) => [
    { path: `/apis/apps/v1/namespaces/${namespace}/daemonsets`, object: wrongCalicoNode },
    { path: `/api/v1/namespaces/${namespace}/pods`, object: waitingPod(node) },
  ],
};

function waitingPod(node: string): JsonObject {
  const container = { name: 'calico-node', image: 'calico-node:v3.24.1' };
  const message = `Back-off pulling image "calico-node:v3.24.1": ErrImagePull: ${denied}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `calico-node-${node}`,
      namespace,
      labels,
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'calico-node', uid: 'uid-calico-node', controller: true },
      ],
    },
    spec: { nodeName: node, serviceAccountName: 'calico-node', containers: [container] },
    status: {
      phase: 'Pending',
      containerStatuses: [
        {
          ...container,
          imageID: '',
          ready: false,
          restartCount: 0,
          state: { waiting: { reason: 'ImagePullBackOff', message } },
        },
      ],
    },
  };
}
