import { createNamespace, raw, refused, type RecordingPlan } from './fixture.ts';

export const refusalPlans: readonly RecordingPlan[] = [
  {
    name: 'unauthorized',
    run: async ({ client }) => {
      await refused(client('stranger').get('/version', raw));
      await refused(client('stranger').list('/api/v1/nodes', { project: raw }));
    },
  },
  {
    name: 'forbidden',
    run: async ({ client }) => {
      const api = client('reader');
      await refused(api.list('/api/v1/secrets', { project: raw }));
      await refused(api.get('/api/v1/namespaces/kube-system/secrets/any', raw));
      await refused(api.get('/metrics', raw));
      await refused(
        api.patch('/api/v1/nodes/worker-1', { spec: { unschedulable: true } }, { type: 'merge', project: raw }),
      );
      await refused(
        api
          .watch('/api/v1/configmaps', { resourceVersion: '1', timeoutSeconds: 5, project: raw })
          [Symbol.asyncIterator]()
          .next(),
      );
    },
  },
  {
    name: 'admission-denied',
    run: async (fixture) => {
      await createNamespace(fixture, 'guarded', { 'pod-security.kubernetes.io/enforce': 'restricted' });
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'root' },
        spec: { hostPID: true, containers: [{ name: 'a', image: 'busybox' }] },
      };
      await refused(fixture.client('admin').create('/api/v1/namespaces/guarded/pods', pod, raw));
    },
  },
  {
    name: 'not-found',
    run: async ({ client }) => {
      await refused(client('reader').get('/api/v1/nodes/worker-99', raw));
      await refused(client('admin').list('/apis/no.such.group/v1/things', { project: raw }));
    },
  },
  {
    name: 'invalid-object',
    run: async ({ client }) => {
      await refused(
        client('admin').create(
          '/api/v1/namespaces',
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'Not_A_Name' } },
          raw,
        ),
      );
      await refused(
        client('admin').create(
          '/api/v1/namespaces',
          { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'wrong-kind' } },
          raw,
        ),
      );
    },
  },
  {
    name: 'access-reviews',
    run: async ({ client }) => {
      await client('reader').canI([
        { verb: 'list', group: '', resource: 'nodes' },
        { verb: 'patch', group: '', resource: 'nodes' },
        { verb: 'create', group: '', resource: 'pods', subresource: 'eviction', namespace: 'default' },
        { verb: 'get', group: '', resource: 'namespaces', name: 'kube-system' },
      ]);
    },
  },
];
