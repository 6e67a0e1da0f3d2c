import type { KubeObject } from '../../../../lab/api/objects.ts';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { metadataOf, objectPath } from '../../read-object.ts';
import { planned, team, type ObjectFixture, type ObjectTestCase } from '../../testing/object-fixture.ts';
import { valueAt } from '../../json-pointer.ts';
import type { ObjectPatchAction } from '../object-patch-action.ts';
import { objectPatchKind } from '../object-patch.ts';

const object = { kind: 'CronJob', group: 'batch', version: 'v1', resource: 'cronjobs', namespace: team, name: 'web' };
const pods = '/spec/jobTemplate/spec/template/spec';
const paths = [`${pods}/initContainers/0/image`, `${pods}/containers/0/image`];
const changes = paths.map((path, index) => ({
  path,
  from: `k8s.gcr.io/pause:3.${index}`,
  to: `registry.k8s.io/pause:3.${index}`,
}));

const template = {
  spec: {
    restartPolicy: 'Never',
    initContainers: [{ name: 'first', image: changes[0]?.from ?? '' }],
    containers: [{ name: 'main', image: changes[1]?.from ?? '', args: ['serve'] }],
  },
};

const cronJob: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'web', namespace: team, labels: { app: 'web' } },
  spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template } } },
};

/** Under each place its line, as the preview has it. */
function shown(found: KubeObject | undefined): string {
  return paths.map((path) => `image: ${valueAt(found as unknown as JsonObject, path) as string}`).join('\n');
}

const testCase: ObjectTestCase<ObjectPatchAction> = {
  objects: [cronJob],
  plan: async (api) => ({
    kind: 'object-patch',
    id: `object-patch:${team}/CronJob/web`,
    ...planned,
    object,
    uid: await api.get(objectPath(object), (raw) => metadataOf(raw).uid),
    changes,
  }),
  shown,
  previewed: (preview, before) => {
    const lines = (sign: string): string =>
      preview
        .split('\n')
        .filter((line) => line.startsWith(`${sign}image`))
        .map((line) => line.slice(1))
        .join('\n');
    return lines('-') === before ? lines('+') : 'a preview of another object';
  },
  edit: (api: KubernetesApi) =>
    api.patch(objectPath(object), [{ op: 'replace', path: paths[1] ?? '', value: 'example.com/theirs:1' }], {
      type: 'json',
      project: () => undefined,
    }),
  edited: { plan: 'prepare refused OBJECT_CHANGED_SINCE_PLAN', run: 'undo refused OBJECT_CHANGED_SINCE_RUN' },
};

const clusterRole: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'calico-node', finalizers: ['example.com/protected', 'example.com/kept'] },
};
const role = {
  kind: 'ClusterRole',
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource: 'clusterroles',
  name: 'calico-node',
};
const finalizers = '/metadata/finalizers';

function finalizerLines(found: KubeObject | undefined): string {
  return ((valueAt(found as unknown as JsonObject, finalizers) ?? []) as readonly string[])
    .map((one) => `  - ${one}`)
    .join('\n');
}

const finalizersCase: ObjectTestCase<ObjectPatchAction> = {
  objects: [clusterRole],
  isOnlyKnownByPlan: true,
  plan: async (api) => ({
    kind: 'object-patch',
    id: 'object-patch:ClusterRole/calico-node',
    ...planned,
    object: role,
    uid: await api.get(objectPath(role), (raw) => metadataOf(raw).uid),
    changes: [{ path: finalizers, from: ['example.com/protected', 'example.com/kept'], to: null }],
  }),
  shown: finalizerLines,
  previewed: (preview, before) => {
    const lines = (sign: string): string =>
      preview
        .split('\n')
        .filter((line) => line.startsWith(`${sign}  - `))
        .map((line) => line.slice(1))
        .join('\n');
    return lines('-') === before ? lines('+') : 'a preview of another object';
  },
  edit: (api: KubernetesApi) =>
    api.patch(
      objectPath(role),
      { metadata: { finalizers: ['example.com/theirs'] } },
      { type: 'merge', project: () => undefined },
    ),
  edited: { plan: 'prepare refused OBJECT_CHANGED_SINCE_PLAN', run: 'undo refused OBJECT_CHANGED_SINCE_RUN' },
};

export const fixture: ObjectFixture<ObjectPatchAction> = {
  kind: objectPatchKind,
  testCases: { 'two images of a workload are changed': testCase, 'finalizers are taken off': finalizersCase },
};
