import { expect, test } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { Limiter } from '../../transport/limiter.ts';
import { collectVolumes } from './collect-volumes.ts';

/** Answers lists alone; what is asked for stays to be seen. */
function apiWith(lists: Readonly<Record<string, readonly JsonObject[]>>): {
  readonly api: KubernetesApi;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const list: KubernetesApi['list'] = (path, { project }) => {
    asked.push(path);
    const items = lists[path];
    const refusal = { user: 'kim', verb: 'list', resource: path, server: 's', scope: '' };
    return items === undefined
      ? Promise.reject(new NodemendError('API_FORBIDDEN', refusal))
      : Promise.resolve(items.map(project));
  };
  return { api: { list } as KubernetesApi, asked };
}

const request = () => ({ signal: new AbortController().signal, limiter: new Limiter(2) });

const resizing = { type: 'FileSystemResizePending', status: 'True', lastTransitionTime: '2026-11-26T00:00:00Z' };

const claims = [
  {
    metadata: { namespace: 'shop', name: 'data' },
    spec: { volumeName: 'pvc-2' },
    status: { capacity: { storage: '10Gi' }, conditions: [resizing] },
  },
  { metadata: { namespace: 'shop', name: 'unbound' }, spec: {}, status: { phase: 'Pending' } },
  {
    metadata: { namespace: 'a', name: 'data' },
    spec: { volumeName: 'pvc-1' },
    status: { capacity: { storage: '1Gi' }, conditions: [{ ...resizing, status: 'False' }] },
  },
];

test('of each list what is read of it, sorted; what may not be listed is unknown by itself', async () => {
  const { api } = apiWith({
    '/api/v1/persistentvolumeclaims': claims,
    '/api/v1/persistentvolumes': [
      {
        metadata: { name: 'pvc-1' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          claimRef: { namespace: 'a', name: 'data' },
          csi: { driver: 'cinder.csi.openstack.org', fsType: 'ext4', volumeAttributes: { password: 'hunter2' } },
        },
      },
      { metadata: { name: 'free' }, spec: { csi: { driver: 'cinder.csi.openstack.org' } } },
    ],
    '/apis/storage.k8s.io/v1/csidrivers': [
      { metadata: { name: 'b' }, spec: {} },
      { metadata: { name: 'a' }, spec: { attachRequired: false, fsGroupPolicy: 'File' } },
    ],
  });

  expect(await collectVolumes(api, request())).toEqual({
    claims: {
      state: 'seen',
      value: [
        { namespace: 'a', name: 'data', volume: 'pvc-1', capacity: '1Gi' },
        {
          namespace: 'shop',
          name: 'data',
          volume: 'pvc-2',
          capacity: '10Gi',
          resizePendingSince: '2026-11-26T00:00:00Z',
        },
      ],
    },
    volumes: {
      state: 'seen',
      value: [{ name: 'pvc-1', driver: 'cinder.csi.openstack.org', fsType: 'ext4', accessModes: ['ReadWriteOnce'] }],
    },
    attachments: expect.objectContaining({ state: 'unknown', reason: 'forbidden' }) as unknown,
    drivers: {
      state: 'seen',
      value: [
        { name: 'a', attaches: false, fsGroupPolicy: 'File' },
        { name: 'b', attaches: true, fsGroupPolicy: 'ReadWriteOnceWithFSType' },
      ],
    },
  });
});

test('of one namespace only its claims are listed', async () => {
  const { api, asked } = apiWith({});
  await collectVolumes(api, { ...request(), namespace: 'shop' });

  expect(asked.toSorted()).toEqual([
    '/api/v1/namespaces/shop/persistentvolumeclaims',
    '/api/v1/persistentvolumes',
    '/apis/storage.k8s.io/v1/csidrivers',
    '/apis/storage.k8s.io/v1/volumeattachments',
  ]);
});
