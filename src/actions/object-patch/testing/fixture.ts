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

const calicoNode = {
  kind: 'DaemonSet',
  group: 'apps',
  version: 'v1',
  resource: 'daemonsets',
  namespace: 'kube-system',
  name: 'calico-node',
};
const variables = '/spec/template/spec/containers/1/env';

/** Calico's manifest, as far as it matters; no controller runs: the status is that of a rollout that is over. */
function calicoNodeWith(env: readonly JsonObject[]): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { 'k8s-app': 'calico-node' } },
      template: {
        metadata: { labels: { 'k8s-app': 'calico-node' } },
        spec: {
          containers: [
            { name: 'beside', image: 'registry.example.test/beside:1' },
            { name: 'calico-node', image: 'docker.io/calico/node:v3.28.0', env },
          ],
        },
      },
    },
    status: { observedGeneration: 1_000, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 },
  };
}

const connectTime = { name: 'FELIX_BPFCONNECTTIMELOADBALANCING', value: 'Enabled' };
const hostNat = { name: 'FELIX_BPFHOSTNETWORKEDNATWITHOUTCTLB', value: 'Disabled' };
const others = [
  { name: 'DATASTORE_TYPE', value: 'etcdv3' },
  { name: 'NODENAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
];

/** Of the two variables the lines, as the preview has them. */
function variableLines(found: KubeObject | undefined): string {
  const env = (valueAt(found as unknown as JsonObject, variables) ?? []) as readonly JsonObject[];
  return env
    .filter(({ name }) => name === connectTime.name || name === hostNat.name)
    .map(({ name, value }) => `- name: ${name as string}\n  value: ${value as string}`)
    .join('\n');
}

function variablesCase(
  env: readonly JsonObject[],
  changes: ObjectPatchAction['changes'],
): ObjectTestCase<ObjectPatchAction> {
  return {
    objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } }, calicoNodeWith(env)],
    plan: async (api) => ({
      kind: 'object-patch',
      id: 'object-patch:kube-system/DaemonSet/calico-node',
      ...planned,
      disrupts: 'restart',
      object: calicoNode,
      uid: await api.get(objectPath(calicoNode), (raw) => metadataOf(raw).uid),
      changes,
    }),
    shown: variableLines,
    previewed: (preview) =>
      preview
        .split('\n')
        .filter((line) => /^\+[- ]/.test(line))
        .map((line) => line.slice(1))
        .join('\n'),
    edit: (api: KubernetesApi) =>
      api.patch(objectPath(calicoNode), [{ op: 'remove', path: `${variables}/0` }], {
        type: 'json',
        project: () => undefined,
      }),
    edited: { plan: 'prepare refused OBJECT_CHANGED_SINCE_PLAN', run: 'undo refused OBJECT_CHANGED_SINCE_RUN' },
  };
}

const nodeImages = [
  ['/spec/template/spec/containers/0/image', 'calico-node:v3.24.1', 'docker.io/calico/node:v3.24.1'],
  ['/spec/template/spec/initContainers/0/image', 'calico-cni:v3.24.1', 'docker.io/calico/cni:v3.24.1'],
] as const;

/** As clusters from before 2024-05 have it, without `mount-bpffs`. */
const wrongCalicoNode: KubeObject = {
  ...calicoNodeWith([]),
  spec: {
    selector: { matchLabels: { 'k8s-app': 'calico-node' } },
    template: {
      metadata: { labels: { 'k8s-app': 'calico-node' } },
      spec: {
        initContainers: [{ name: 'install-cni', image: 'calico-cni:v3.24.1' }],
        containers: [{ name: 'calico-node', image: 'calico-node:v3.24.1' }],
      },
    },
  },
};

const networkCase: ObjectTestCase<ObjectPatchAction> = {
  ...testCase,
  objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } }, wrongCalicoNode],
  plan: async (api) => ({
    kind: 'object-patch',
    id: 'object-patch:kube-system/DaemonSet/calico-node',
    ...planned,
    disrupts: 'restart',
    object: calicoNode,
    uid: await api.get(objectPath(calicoNode), (raw) => metadataOf(raw).uid),
    changes: nodeImages.map(([path, from, to]) => ({ path, from, to })),
  }),
  shown: (found) =>
    nodeImages.map(([path]) => `image: ${valueAt(found as unknown as JsonObject, path) as string}`).join('\n'),
  edit: (api: KubernetesApi) =>
    api.patch(objectPath(calicoNode), [{ op: 'replace', path: nodeImages[1][0], value: 'example.com/theirs:1' }], {
      type: 'json',
      project: () => undefined,
    }),
};

export const fixture: ObjectFixture<ObjectPatchAction> = {
  kind: objectPatchKind,
  testCases: {
    'two images of a workload are changed': testCase,
    'finalizers are taken off': finalizersCase,
    'images of calico-node are changed': networkCase,
    'two variables of calico-node are added': variablesCase(others, [
      { path: `${variables}/2`, from: null, to: connectTime },
      { path: `${variables}/3`, from: null, to: hostNat },
    ]),
    'one variable of calico-node is changed, and one added': {
      ...variablesCase(
        [others[0] ?? {}, { ...connectTime, value: 'tcp' }],
        [
          { path: `${variables}/1`, from: { ...connectTime, value: 'tcp' }, to: connectTime },
          { path: `${variables}/2`, from: null, to: hostNat },
        ],
      ),
      isOnlyKnownByPlan: true,
    },
  },
};
