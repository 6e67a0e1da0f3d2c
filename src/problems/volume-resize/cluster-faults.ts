import type { JsonObject } from '../../kubernetes/api.ts';
import type { ClusterFault } from '../problem.ts';
import { cinderDriver, cinderNamespace, secretName } from './cinder.ts';

/** As clusters of before August 2024 have it; the logins are made up. */
const withoutSwitch = '[Global]\nauth-url=https://identity.example.test/v3\npassword=correct-horse-battery\n';

/** Cinder's driver under its real names, with a configuration without the switch, and a claim that was grown. */
export const clusterFaults: Readonly<Record<string, ClusterFault>> = {
  'rescan-missing': (node) => [
    made('/apis/storage.k8s.io/v1/csidrivers', { kind: 'CSIDriver', name: cinderDriver }, { spec: {} }),
    made(
      `/api/v1/namespaces/${cinderNamespace}/secrets`,
      { kind: 'Secret', name: secretName },
      {
        type: 'Opaque',
        data: { 'cloud-config': Buffer.from(withoutSwitch).toString('base64') },
      },
    ),
    workload('DaemonSet', 'csi-cinder-nodeplugin'),
    workload('StatefulSet', 'csi-cinder-controllerplugin'),
    made(
      '/api/v1/persistentvolumes',
      { kind: 'PersistentVolume', name: `pvc-grown-${node}` },
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          capacity: { storage: '20Gi' },
          claimRef: { namespace: 'shop', name: `grown-${node}` },
          csi: { driver: cinderDriver, fsType: 'ext4', volumeHandle: `grown-${node}` },
        },
      },
    ),
    made(
      '/api/v1/namespaces/shop/persistentvolumeclaims',
      { kind: 'PersistentVolumeClaim', name: `grown-${node}` },
      {
        spec: { accessModes: ['ReadWriteOnce'], volumeName: `pvc-grown-${node}` },
        status: {
          phase: 'Bound',
          capacity: { storage: '20Gi' },
          conditions: [{ type: 'FileSystemResizePending', status: 'True', lastTransitionTime: '2024-07-01T00:00:00Z' }],
        },
      },
    ),
  ],
};

type Made = ReturnType<ClusterFault>[number];

function workload(kind: 'DaemonSet' | 'StatefulSet', name: string): Made {
  const labels = { app: name };
  const containers = [{ name: 'cinder-csi-plugin', image: 'docker.io/k8scloudprovider/cinder-csi-plugin:v1.20.3' }];
  return made(
    `/apis/apps/v1/namespaces/${cinderNamespace}/${kind.toLowerCase()}s`,
    { kind, name },
    {
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    },
  );
}

function made(path: string, { kind, name }: { readonly kind: string; readonly name: string }, rest: JsonObject): Made {
  const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
  const [, root = '', group = '', version = ''] = path.split('/');
  const apiVersion = root === 'api' ? group : `${group}/${version}`;
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return { path, object: { apiVersion, kind, metadata, ...rest } };
}
