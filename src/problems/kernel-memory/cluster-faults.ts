import { kubeletWarning } from '../kit/kubelet-warning.ts';
import type { ClusterFault } from '../problem.ts';

/**
 * What kubelet says when it cannot make a pod's cgroup (kubernetes/kubernetes#96701), on each chosen node. The node itself
 * has a kernel that does not leak: it is told as another cause.
 */
export const clusterFaults: Readonly<Record<string, ClusterFault>> = {
  'cgroup-refused': kubeletWarning('cgroup-refused', {
    reason: 'FailedCreatePodContainer',
    message:
      'unable to ensure pod container exists: failed to create container for [kubepods burstable podUID] : ' +
      'mkdir /sys/fs/cgroup/memory/kubepods/burstable/podUID: cannot allocate memory',
  }),
};
