import { kubeletWarning } from '../kit/kubelet-warning.ts';
import type { ClusterFault } from '../problem.ts';

/** kubelet's form (pkg/volume and k8s.io/mount-utils, mount_linux.go) around the words of mount.nfs (nfs-utils 2.6.2). */
export const refusal =
  'MountVolume.SetUp failed for volume "nas" : mount failed: exit status 32\nMounting command: mount\n' +
  'Mounting arguments: -t nfs 10.0.0.5:/share /var/lib/kubelet/pods/0e1d2c3b/volumes/kubernetes.io~nfs/nas\n' +
  'Output: mount.nfs: rpc.statd is not running but is required for remote locking.\n' +
  "mount.nfs: Either use '-o nolock' to keep locks local, or start statd.\n";

/** What kubelet says of mount.nfs's words, on each chosen node. A practice node has no NFS: it is told as another cause. */
export const clusterFaults: Readonly<Record<string, ClusterFault>> = {
  'mount-refused': kubeletWarning('mount-refused', { reason: 'FailedMount', message: refusal }),
};
