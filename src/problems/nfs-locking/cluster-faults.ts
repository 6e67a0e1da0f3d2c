import type { ClusterFault } from '../problem.ts';

/** What kubelet says of mount.nfs's words, on each chosen node. A practice node has no NFS: it is told as another cause. */
export const clusterFaults: Readonly<Record<string, ClusterFault>> = {
  'mount-refused': (node) => [
    {
      path: '/api/v1/namespaces/shop/events',
      object: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `mount-refused-${node}`, namespace: 'shop' },
        involvedObject: {
          apiVersion: 'v1',
          kind: 'Pod',
          namespace: 'shop',
          name: `web-${node}`,
          uid: `uid-web-${node}`,
        },
        type: 'Warning',
        reason: 'FailedMount',
        message: refusal,
        source: { component: 'kubelet', host: node },
        count: 1,
        firstTimestamp: new Date().toISOString(),
        lastTimestamp: new Date().toISOString(),
      },
    },
  ],
};

/** kubelet's form (pkg/volume and k8s.io/mount-utils, mount_linux.go) around the words of mount.nfs (nfs-utils 2.6.2). */
export const refusal =
  'MountVolume.SetUp failed for volume "nas" : mount failed: exit status 32\nMounting command: mount\n' +
  'Mounting arguments: -t nfs 10.0.0.5:/share /var/lib/kubelet/pods/0e1d2c3b/volumes/kubernetes.io~nfs/nas\n' +
  'Output: mount.nfs: rpc.statd is not running but is required for remote locking.\n' +
  "mount.nfs: Either use '-o nolock' to keep locks local, or start statd.\n";
