import { expect, test } from 'vitest';
import type { KubeObject } from '../../../lab/api/objects.ts';
import { serveFake } from '../../../lab/api/testing/serve-fake.ts';
import { metadataOf, objectPath } from '../read-object.ts';
import { planned } from '../testing/object-fixture.ts';
import { waited } from '../testing/waited.ts';
import { workloadRestartKind } from './workload-restart.ts';

const object = {
  kind: 'DaemonSet',
  group: 'apps',
  version: 'v1',
  resource: 'daemonsets',
  namespace: 'shop',
  name: 'web',
};

test('a workload whose pods only somebody who deletes them replaces is not restarted', async () => {
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { updateStrategy: { type: 'OnDelete' }, template: { metadata: {} } },
  } as unknown as KubeObject;
  const fake = await serveFake([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, daemonSet]);
  const api = fake.client('admin');
  const [prepare] = workloadRestartKind.apply({
    kind: 'workload-restart',
    id: 'workload-restart:shop/DaemonSet/web',
    ...planned,
    disrupts: 'restart',
    object,
    uid: await api.get(objectPath(object), (raw) => metadataOf(raw).uid),
    reads: 'secret-setting:shop/Secret/web',
  });
  const [result] = await waited({ api }, async (context) => prepare!.perform(context));
  expect(result).toMatchObject({ code: 'ROLLOUT_ON_DELETE', params: { object: 'shop/DaemonSet/web' } });
});
