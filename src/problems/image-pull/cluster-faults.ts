import type { JsonObject } from '../../kubernetes/api.ts';
import type { ClusterFault } from '../problem.ts';

/** Words of kubelet 1.30 with containerd 1.7, as fixtures have them. */
const faults: Readonly<Record<string, { readonly image: string; readonly says: string }>> = {
  'docker-hub-limit': {
    image: 'nginx:1.25',
    says:
      'failed to pull and unpack image "docker.io/library/nginx:1.25": failed to resolve reference ' +
      '"docker.io/library/nginx:1.25": unexpected status from HEAD request to ' +
      'https://registry-1.docker.io/v2/library/nginx/manifests/1.25: 429 Too Many Requests',
  },
  'registry-retired': {
    image: 'docker.pkg.github.com/shop/web/web:1',
    says:
      'failed to resolve reference "docker.pkg.github.com/shop/web/web:1": pulling from host ' +
      'docker.pkg.github.com failed with status code [manifests 1]: 401 Unauthorized',
  },
  'tag-missing': {
    image: 'registry.example.test/shop/web:2',
    says: 'failed to resolve reference "registry.example.test/shop/web:2": registry.example.test/shop/web:2: not found',
  },
  'registry-unreachable': {
    image: 'registry.example.test/shop/web:1',
    says:
      'failed to do request: Head "https://registry.example.test/v2/shop/web/manifests/1": dial tcp ' +
      '192.0.2.1:443: connect: connection refused',
  },
};

/** Pods that wait for an image, one on each chosen node. */
export const clusterFaults: Readonly<Record<string, ClusterFault>> = Object.fromEntries(
  Object.entries(faults).map(([fault, { image, says }]) => [
    fault,
    (node: string) => [
      { path: '/api/v1/namespaces/shop/pods', object: waitingPod(`${fault}-${node}`, node, { image, says }) },
    ],
  ]),
);

function waitingPod(
  name: string,
  node: string,
  { image, says }: { readonly image: string; readonly says: string },
): JsonObject {
  const message = `Back-off pulling image "${image}": ErrImagePull: ${says}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec: { nodeName: node, serviceAccountName: 'default', containers: [{ name: 'web', image }] },
    status: {
      phase: 'Pending',
      containerStatuses: [
        {
          name: 'web',
          image,
          imageID: '',
          ready: false,
          restartCount: 0,
          state: { waiting: { reason: 'ImagePullBackOff', message } },
        },
      ],
    },
  };
}
