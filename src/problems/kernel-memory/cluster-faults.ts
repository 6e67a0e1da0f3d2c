import type { ClusterFault } from '../problem.ts';

/**
 * What kubelet says when it cannot make a pod's cgroup (kubernetes/kubernetes#96701), on each chosen node. The node itself
 * has a kernel that does not leak: it is told as another cause.
 */
export const clusterFaults: Readonly<Record<string, ClusterFault>> = {
  'cgroup-refused': (node) => [
    {
      path: '/api/v1/namespaces/shop/events',
      object: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `cgroup-refused-${node}`, namespace: 'shop' },
        involvedObject: {
          apiVersion: 'v1',
          kind: 'Pod',
          namespace: 'shop',
          name: `web-${node}`,
          uid: `uid-web-${node}`,
        },
        type: 'Warning',
        reason: 'FailedCreatePodContainer',
        message:
          'unable to ensure pod container exists: failed to create container for [kubepods burstable podUID] : ' +
          'mkdir /sys/fs/cgroup/memory/kubepods/burstable/podUID: cannot allocate memory',
        source: { component: 'kubelet', host: node },
        count: 1,
        firstTimestamp: new Date().toISOString(),
        lastTimestamp: new Date().toISOString(),
      },
    },
  ],
};
