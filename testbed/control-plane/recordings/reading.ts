import type { JsonObject } from '../../../src/kubernetes/api.ts';
import { compactStore } from '../compact-store.ts';
import { createNode, raw, refused, type RecordingPlan, type Fixture } from './fixture.ts';

const name = ({ metadata }: JsonObject) => (metadata as { readonly name: string }).name;

async function renameNothing({ admin }: Fixture, node: string, value: string): Promise<void> {
  await admin.patch(
    `/api/v1/nodes/${node}`,
    { metadata: { annotations: { 'example.test/touched': value } } },
    { type: 'merge', project: raw },
  );
}

export const readingPlans: readonly RecordingPlan[] = [
  {
    name: 'version',
    run: async ({ client }) => {
      await client('reader').get('/version', raw);
    },
  },
  {
    name: 'cluster-uid',
    run: async ({ client }) => {
      await client('reader').get('/api/v1/namespaces/kube-system', raw);
    },
  },
  {
    name: 'nodes-paged',
    run: async ({ client }) => {
      await client('reader').list('/api/v1/nodes', { limit: 3, project: name });
      await client('reader').list('/api/v1/nodes', { limit: 3, labelSelector: 'pool=blue', project: name });
    },
  },
  {
    name: 'watch-bookmark',
    run: async (fixture) => {
      const api = fixture.client('reader');
      const { resourceVersion } = await api.snapshot('/api/v1/nodes', { project: name });
      const changes = async () => {
        await createNode(fixture, 'worker-new');
        await renameNothing(fixture, 'worker-new', 'while watched');
        await fixture.admin.remove('/api/v1/nodes/worker-new');
      };
      fixture.beforeRequest(async ({ target }) => {
        if (target.includes('watch=true')) setTimeout(() => void changes(), 500);
      });
      for await (const { type } of api.watch('/api/v1/nodes', { resourceVersion, timeoutSeconds: 5, project: name })) {
        if (type === 'BOOKMARK') break;
      }
    },
  },
];

/**
 * What a server says whose store no longer has the state asked for. On servers without a watch cache, because a 1.34
 * one answers these from snapshots of its cache (ListFromCacheSnapshot); older ones do as recorded here.
 */
export const expiryPlans: readonly RecordingPlan[] = [
  {
    name: 'nodes-continue-expired',
    run: async (fixture) => {
      let asked = 0;
      fixture.beforeRequest(async () => {
        if (++asked !== 2) return;
        await renameNothing(fixture, 'worker-1', 'between two pages');
        await compactStore(fixture.plane.etcdServer);
      });
      await fixture.client('reader').list('/api/v1/nodes', { limit: 3, project: name });
    },
  },
  {
    name: 'watch-expired',
    run: async (fixture) => {
      await renameNothing(fixture, 'worker-1', 'long ago');
      await compactStore(fixture.plane.etcdServer);
      const watching = fixture
        .client('reader')
        .watch('/api/v1/nodes', { resourceVersion: '1', timeoutSeconds: 5, project: name });
      await refused(watching[Symbol.asyncIterator]().next());
    },
  },
];
