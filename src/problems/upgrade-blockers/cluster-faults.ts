import type { ClusterFault } from '../problem.ts';

/** A finalizer of somebody's on an object that every cluster comes with. */
export const clusterFaults: Readonly<Record<string, ClusterFault>> = {
  'finalizers-set': () => [
    {
      path: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'calico-kube-controllers', finalizers: ['example.com/protected'] },
        rules: [],
      },
    },
  ],
};
