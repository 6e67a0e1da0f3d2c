import { expect, test } from 'vitest';
import { clusterActionSchema } from '../cluster-action-kinds.ts';

const name = 'nodemend-retired-images-pods';
const labels = { 'app.kubernetes.io/managed-by': 'nodemend' };
const object = {
  kind: 'ValidatingAdmissionPolicyBinding',
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  resource: 'validatingadmissionpolicybindings',
  name,
};
const text = { apiVersion: 'admissionregistration.k8s.io/v1', kind: object.kind, metadata: { name, labels }, spec: {} };
const action = {
  kind: 'manifest',
  id: `manifest:${object.kind}/${name}`,
  problem: 'admission-policy',
  cures: [],
  why: { key: 'gate', params: {} },
  object,
  from: 'absent',
  to: text,
};

function isTaken(change: object): boolean {
  return clusterActionSchema.safeParse({ ...action, ...change }).success;
}

test('a policy of ours, made, changed and removed', () => {
  expect(clusterActionSchema.parse(action)).toEqual(action);
  expect(isTaken({ from: { ...text, spec: { theirs: true } } })).toBe(true);
  expect(isTaken({ from: text, to: 'absent' })).toBe(true);
});

/** Whose undo, carried out by an administrator, would have made its subject one: `from` is what an undo writes. */
const binding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'nodemend-evil', labels },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'evil' }],
};
const bindings = {
  kind: 'ClusterRoleBinding',
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource: 'clusterrolebindings',
  name: 'nodemend-evil',
};
const inNamespace = (kind: string, resource: string): object => ({
  id: `manifest:team/${kind}/x`,
  object: { kind, group: '', version: 'v1', resource, namespace: 'team', name: 'x' },
  to: { apiVersion: 'v1', kind, metadata: { name: 'x', namespace: 'team', labels } },
});

test.each<readonly [string, object]>([
  [
    'a ClusterRoleBinding',
    { id: 'manifest:ClusterRoleBinding/nodemend-evil', object: bindings, from: binding, to: 'absent' },
  ],
  ['one that says it is a policy', { object: { ...object, resource: 'clusterrolebindings' }, from: binding }],
  ['the text of one under a policy', { from: binding }],
  ['a policy of another group', { object: { ...object, group: 'rbac.authorization.k8s.io' } }],
  ['a ConfigMap', inNamespace('ConfigMap', 'configmaps')],
  ['a Secret', inNamespace('Secret', 'secrets')],
  ['a policy of somebody else', { to: { ...text, metadata: { name } } }],
  ['a text of another name', { to: { ...text, metadata: { name: 'nodemend-retired-images-jobs', labels } } }],
  ['nothing at all', { from: 'absent', to: 'absent' }],
  ['an id of another object', { id: 'manifest:ConfigMap/harmless' }],
])('refused: %s', (_what, change) => {
  expect(isTaken(change)).toBe(false);
});
