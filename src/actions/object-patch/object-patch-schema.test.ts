import { expect, test } from 'vitest';
import { clusterActionSchema } from '../cluster-action-schema.ts';

const action = {
  kind: 'object-patch',
  id: 'object-patch:team/Deployment/web',
  problem: 'image-pull',
  cures: ['0123456789ab'],
  why: { key: 'why', params: {} },
  disrupts: 'restart',
  object: { kind: 'Deployment', group: 'apps', version: 'v1', resource: 'deployments', namespace: 'team', name: 'web' },
  uid: 'u-1',
  changes: [{ path: '/spec/template/spec/containers/0/image', from: 'a', to: 'b' }],
};

test('an action as it is planned', () => {
  expect(clusterActionSchema.parse(action)).toEqual(action);
});

test.each([
  '/metadata/uid',
  '/metadata/name',
  '/apiVersion',
  '/kind',
  '/status',
  '/status/replicas',
  '',
  'spec',
  '/spec/~2',
  '/metadata/resourceVersion',
])('never the field %j', (path) => {
  expect(clusterActionSchema.safeParse({ ...action, changes: [{ path, from: 'a', to: 'b' }] }).success).toBe(false);
});

test.each(['/metadata/labels/kind', '/spec/status', '/metadata/names', '/spec/a~1b'])('the field %j', (path) => {
  expect(clusterActionSchema.safeParse({ ...action, changes: [{ path, from: 'a', to: 'b' }] }).success).toBe(true);
});

test.each<readonly [string, object]>([
  ['a name that leads elsewhere', { object: { ...action.object, name: '../../secrets' } }],
  ['a namespace that leads elsewhere', { object: { ...action.object, namespace: '..' } }],
  ['a node', { node: 'worker-1' }],
  ['no change', { changes: [] }],
  ['no uid', { uid: '' }],
])('refused: %s', (_what, change) => {
  expect(clusterActionSchema.safeParse({ ...action, ...change }).success).toBe(false);
});

test('a Secret is no manifest', () => {
  const { uid: _uid, changes: _changes, ...rest } = action;
  const manifest = {
    ...rest,
    kind: 'manifest',
    from: 'absent',
    to: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } },
  };
  const configMap = {
    kind: 'ConfigMap',
    group: '',
    version: 'v1',
    resource: 'configmaps',
    namespace: 'team',
    name: 'web',
  };

  expect(clusterActionSchema.safeParse({ ...manifest, object: configMap }).success).toBe(true);
  expect(
    clusterActionSchema.safeParse({ ...manifest, object: { ...configMap, kind: 'Secret', resource: 'secrets' } })
      .success,
  ).toBe(false);
});
