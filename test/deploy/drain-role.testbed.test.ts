import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/kubernetes/api.ts';
import { object, objects, text } from '../../src/kubernetes/json-fields.ts';
import { waitUntil } from '../end-to-end/wait-until.ts';
import { nodeMaintenanceKind } from './node-maintenance.ts';
import { startRoleFixture, type Holder, type RoleFixture } from './role-fixture.ts';
import { deployFolder, permissionsOf, permissionText, shippedObjects, type Permission } from './shipped-files.ts';
import { withoutPermission } from './without-permission.ts';

/**
 * The shipped role for taking nodes out of service, beside the one that changes them: a node is really rebooted with it,
 * and with one permission less none is.
 */
const node = 'containerd-1';
const account = 'nodemend:nodemend-change';
const permissions = permissionsOf(shippedObjects('nodemend-drain.yaml'));
const others = [
  ...permissionsOf(shippedObjects('base/nodemend-read.yaml')),
  ...permissionsOf(shippedObjects('nodemend-change.yaml')),
];
let fixture: RoleFixture;
let holder: Holder;

beforeAll(async () => {
  fixture = await startRoleFixture({ containerd: 2, docker: 0 }, 'drain-role');
  const { kubectl } = fixture.testbed;
  await kubectl('apply', '-f', join(deployFolder, 'nodemend-drain.yaml'));
  await kubectl('create', 'clusterrolebinding', 'drain', '--clusterrole=nodemend-drain', `--serviceaccount=${account}`);
  holder = await fixture.holder('nodemend/nodemend-change');
  for (const [path, body] of workloads) await fixture.admin.create(path, body, () => undefined);
  await isHome();
});
afterAll(() => fixture?.down());

const preferred = {
  weight: 100,
  preference: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
};

/** One pod of each kind of workload, which likes the node that is drained best, and may go elsewhere. */
function workload(name: string, more: JsonObject, volumes: readonly JsonObject[] = []): JsonObject {
  const container = { name: 'main', image: 'docker.io/library/box:1', imagePullPolicy: 'Never' };
  const spec = {
    terminationGracePeriodSeconds: 0,
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred] } },
    containers: [{ ...container, command: ['sleep', '100000'] }],
    volumes,
  };
  const template = { metadata: { labels: { app: name } }, spec };
  return { metadata: { name }, spec: { replicas: 1, template, ...more } };
}

const selected = (app: string): JsonObject => ({ selector: { matchLabels: { app } } });
const claim = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
const volume = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: '',
  capacity: { storage: '1Mi' },
  hostPath: { path: '/var/tmp' },
};
const wanted = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: '',
  volumeName: 'data',
  resources: { requests: { storage: '1Mi' } },
};
const apps = '/apis/apps/v1/namespaces/shop';
const inShop = '/api/v1/namespaces/shop';

const workloads: readonly (readonly [path: string, body: JsonObject])[] = [
  ['/api/v1/namespaces', { metadata: { name: 'shop' } }],
  ['/api/v1/persistentvolumes', { metadata: { name: 'data' }, spec: volume }],
  [`${inShop}/persistentvolumeclaims`, { metadata: { name: 'data' }, spec: wanted }],
  [`${apps}/deployments`, workload('web', selected('web'))],
  [`${apps}/replicasets`, workload('bare', selected('bare'))],
  [`${apps}/statefulsets`, workload('db', { serviceName: 'db', ...selected('db') }, [claim])],
  [`${inShop}/replicationcontrollers`, workload('old', { selector: { app: 'old' } })],
  nodeMaintenanceKind,
];

/** Every pod is on the node and ready; those that a run sent away are sent back. */
async function isHome(): Promise<void> {
  await waitUntil(async () => {
    const pods = await fixture.admin.list(`${inShop}/pods`, { project: readPod });
    const astray = pods.filter((pod) => pod.node !== node && pod.node !== '' && !pod.deleting);
    for (const pod of astray) await fixture.admin.remove(`${inShop}/pods/${pod.name}`);
    const ready = pods.filter((pod) => pod.node === node && pod.ready && !pod.deleting);
    return ready.length === 4 && pods.length === 4 ? undefined : `${ready.length} of 4 pods are ready there`;
  });
}

function readPod(raw: JsonObject) {
  const metadata = object(raw['metadata']);
  return {
    name: text(metadata['name']),
    node: text(object(raw['spec'])['nodeName']),
    deleting: metadata['deletionTimestamp'] !== undefined,
    ready: objects(object(raw['status'])['conditions']).some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ),
  };
}

const reboot = ['reboot', '--nodes', node, '--reason', 'a test', '--allow', 'reboot', '--yes', '--soak', '0'];
const bootId = (): Promise<string> => fixture.testbed.root(node, 'cat /proc/sys/kernel/random/boot_id');

const isInService = (): Promise<boolean> =>
  fixture.admin.get(`/api/v1/nodes/${node}`, (raw) => object(raw['spec'])['unschedulable'] !== true);

/** No role names what comes and goes. */
function withoutName(permission: string): string {
  return permission.replace(/ -n shop$/u, '').replace(/^(\S+ [a-z.0-9]+(?:\/eviction)?)\/(?!eviction$)[^/ ]+$/u, '$1');
}

test('with the role a node is rebooted; every permission of it was used, and none that no role has', async () => {
  const before = await bootId();
  fixture.asked();
  const { exitCode, stdout, stderr } = await holder.run(...reboot);
  expect(exitCode, `${stdout}${stderr}`).toBe(0);
  expect(await bootId()).not.toBe(before);
  expect(await isInService()).toBe(true);
  const { used, refused } = fixture.asked();
  expect(refused).toEqual([]);
  const plain = used.map(withoutName);
  expect(plain).toEqual(expect.arrayContaining(permissions.map(permissionText)));
  const allowed = new Set([...permissions, ...others].map((one) => withoutName(permissionText(one))));
  expect(plain.filter((one) => !allowed.has(one))).toEqual([]);
});

/** In every role that has it. */
function without(permission: Permission, work: () => Promise<void>): Promise<void> {
  const { verb, group, resource } = permission;
  const twins = others.filter((one) => one.verb === verb && one.group === group && one.resource === resource);
  return withoutPermission(fixture.admin, holder.api, [permission, ...twins], work);
}

test.each(permissions.map((permission) => [permissionText(permission), permission] as const))(
  'without %s no node is rebooted for want of it, and the node is in service',
  async (_text, permission) => {
    await isHome();
    const before = await bootId();
    fixture.asked();
    await without(permission, async () => {
      const { exitCode, stdout, stderr } = await holder.run(...reboot);
      expect([5, 7, 8], `${stdout}${stderr}`).toContain(exitCode);
    });
    const { refused } = fixture.asked();
    const [resource, subresource] = permission.resource.split('/');
    const segment = `/${subresource ?? resource}`;
    expect(refused).not.toEqual([]);
    expect(refused.filter((request) => !request.includes(segment))).toEqual([]);
    expect([await bootId(), await isInService()]).toEqual([before, true]);
  },
);
