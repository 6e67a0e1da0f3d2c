import type { JsonObject } from '../../kubernetes/api.ts';
import type { ClusterFault } from '../problem.ts';

const driver = 'cinder.csi.openstack.org';

/** Kubelet's words, 1.34. */
const timedOut =
  'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], ' +
  'failed to process volumes=[]: context deadline exceeded';

/**
 * A pod with `fsGroup` that waits for its volume, on each chosen node: the volume is attached, and its files are many; or
 * it is not attached.
 */
export const clusterFaults: Readonly<Record<string, ClusterFault>> = {
  'ownership-recursive': (node) => waiting(`ownership-recursive-${node}`, node, true),
  'volume-not-attached': (node) => waiting(`volume-not-attached-${node}`, node, false),
};

type Made = ReturnType<ClusterFault>[number];

function waiting(name: string, node: string, isAttached: boolean): readonly Made[] {
  const uid = `uid-${name}`;
  const volume = `pvc-${name}`;
  const at = new Date().toISOString();
  return [
    made('/api/v1/namespaces/shop/persistentvolumeclaims', 'PersistentVolumeClaim', name, {
      spec: { accessModes: ['ReadWriteOnce'], volumeName: volume },
      status: { phase: 'Bound', capacity: { storage: '100Gi' } },
    }),
    made('/api/v1/persistentvolumes', 'PersistentVolume', volume, {
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '100Gi' },
        claimRef: { namespace: 'shop', name },
        csi: { driver, fsType: 'ext4', volumeHandle: volume },
      },
    }),
    made('/apis/storage.k8s.io/v1/volumeattachments', 'VolumeAttachment', `csi-${name}`, {
      spec: { attacher: driver, nodeName: node, source: { persistentVolumeName: volume } },
      status: { attached: isAttached },
    }),
    made('/api/v1/namespaces/shop/pods', 'Pod', name, {
      spec: {
        nodeName: node,
        serviceAccountName: 'default',
        securityContext: { fsGroup: 1000 },
        containers: [{ name: 'db', image: 'registry.example.test/shop/db:1' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
      },
      status: {
        phase: 'Pending',
        containerStatuses: [
          {
            name: 'db',
            image: 'registry.example.test/shop/db:1',
            imageID: '',
            ready: false,
            restartCount: 0,
            state: { waiting: { reason: 'ContainerCreating' } },
          },
        ],
      },
    }),
    made('/api/v1/namespaces/shop/events', 'Event', name, {
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name, uid },
      type: 'Warning',
      reason: 'FailedMount',
      message: timedOut,
      source: { component: 'kubelet', host: node },
      count: 3,
      firstTimestamp: at,
      lastTimestamp: at,
    }),
  ];
}

function made(path: string, kind: string, name: string, rest: JsonObject): Made {
  const namespace = path.includes('/namespaces/') ? { namespace: 'shop' } : {};
  const apiVersion = path.startsWith('/apis/') ? 'storage.k8s.io/v1' : 'v1';
  return { path, object: { apiVersion, kind, metadata: { name, uid: `uid-${name}`, ...namespace }, ...rest } };
}
