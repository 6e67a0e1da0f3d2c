import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/kubernetes/api.ts';
import { caught } from '../../src/kubernetes/testing/caught.ts';
import { kinds } from './resources.ts';
import { budget, eightNodes, namespace, node, pod } from './testing/some-objects.ts';
import { serveFake } from './testing/serve-fake.ts';

const raw = (object: JsonObject) => object;
const nameOf = ({ metadata }: JsonObject) => (metadata as { readonly name: string }).name;
const nodes = '/api/v1/nodes';

test('says that it is a fake, in every answer and in its version', async () => {
  const fake = await serveFake([]);
  for (const [method, target, token] of [
    ['GET', '/version', 'reader'],
    ['GET', '/nowhere', 'reader'],
    ['GET', nodes, 'stranger'],
    ['GET', '/readyz', ''],
  ] as const) {
    const answer = await fake.send({ method, target, headers: { authorization: `Bearer ${token}` } });
    expect(answer.headers['x-nodemend-lab'], target).toBe('practice cluster, not a Kubernetes API server');
  }
  expect(await fake.client('reader').get('/version', ({ gitVersion }) => gitVersion)).toBe('v1.31.4-nodemend-lab');
});

test('knows nobody without a token or a certificate', async () => {
  const fake = await serveFake(eightNodes);
  for (const headers of [{}, { authorization: 'Bearer stranger' }, { authorization: 'Basic cmVhZGVyOg==' }]) {
    const answer = await fake.send({ method: 'GET', target: nodes, headers });
    expect(answer.status).toBe(401);
  }
  expect(await caught(fake.client('stranger').get(`${nodes}/worker-1`, raw))).toMatchObject({
    code: 'API_UNAUTHORIZED',
  });
});

test('lists in pages that nodemend’s client puts together, and a page that has expired starts the list again', async () => {
  const fake = await serveFake(eightNodes);
  const names = await fake.client('reader').list(nodes, { project: nameOf, limit: 3 });
  expect(names).toEqual(eightNodes.map(({ metadata }) => metadata.name));
  const green = await fake
    .client('reader')
    .list(nodes, { project: nameOf, limit: 3, labelSelector: 'pool in (green)' });
  expect(green).toEqual(['worker-5', 'worker-6', 'worker-7', 'worker-8']);
});

test('the pages of one list show one moment, whatever happens between them', async () => {
  const fake = await serveFake(eightNodes);
  const page = async (query: string) =>
    JSON.parse(
      (
        await fake.send({
          method: 'GET',
          target: `${nodes}?limit=4${query}`,
          headers: { authorization: 'Bearer reader' },
        })
      ).text,
    );
  const first = await page('');
  fake.store.remove(kinds.Node, '', 'worker-6');
  fake.store.create(kinds.Node, node('worker-55'));
  const second = await page(`&continue=${first.metadata.continue}`);
  expect(second.items.map(nameOf)).toEqual(['worker-5', 'worker-6', 'worker-7', 'worker-8']);
  expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
});

test('a list of one namespace holds no other’s objects', async () => {
  const fake = await serveFake([namespace('a'), namespace('ab'), pod('a', 'one'), pod('ab', 'two')]);
  expect(await fake.client('reader').list('/api/v1/namespaces/a/pods', { project: nameOf })).toEqual(['one']);
  expect(
    await fake.client('reader').list('/api/v1/pods', { project: nameOf, fieldSelector: 'spec.nodeName=worker-1' }),
  ).toEqual(['one', 'two']);
});

test('watches from a version on, sees objects come into and go out of a selector, and ends with a bookmark', async () => {
  const fake = await serveFake(eightNodes);
  const path =
    `${nodes}?watch=true&allowWatchBookmarks=true&timeoutSeconds=1&labelSelector=pool%3Dblue&` +
    `resourceVersion=${fake.store.version}`;
  const watching = fake.send({ method: 'GET', target: path, headers: { authorization: 'Bearer reader' } });
  await sleep(100);
  const admin = fake.client('admin');
  await admin.patch(`${nodes}/worker-1`, { spec: { unschedulable: true } }, { type: 'merge', project: raw });
  await admin.patch(`${nodes}/worker-8`, { metadata: { labels: { pool: 'blue' } } }, { type: 'merge', project: raw });
  await admin.patch(`${nodes}/worker-2`, { metadata: { labels: { pool: 'green' } } }, { type: 'merge', project: raw });
  await admin.patch(`${nodes}/worker-7`, { spec: { unschedulable: true } }, { type: 'merge', project: raw });
  await admin.remove(`${nodes}/worker-3`);
  const lines = (await watching).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ type, object }) => [type, object.metadata.name])).toEqual([
    ['MODIFIED', 'worker-1'],
    ['ADDED', 'worker-8'],
    ['DELETED', 'worker-2'],
    ['DELETED', 'worker-3'],
    ['BOOKMARK', undefined],
  ]);
  expect(lines.at(-1).object.metadata.resourceVersion).toBe(String(fake.store.version));
});

test('a watch catches up with what happened since its version', async () => {
  const fake = await serveFake(eightNodes);
  const { version } = fake.store;
  fake.store.remove(kinds.Node, '', 'worker-4');
  fake.store.create(kinds.Namespace, namespace('other-kind'));
  const events = fake.client('reader').watch(nodes, { resourceVersion: String(version), project: nameOf });
  for await (const { type, object } of events) {
    expect([type, object]).toEqual(['DELETED', 'worker-4']);
    break;
  }
});

test('patches by merge and by strategic merge; other kinds of patch are refused by name', async () => {
  const conditions = [
    { type: 'Ready', status: 'True' },
    { type: 'DiskPressure', status: 'False' },
  ];
  const fake = await serveFake([{ ...node('worker-1'), status: { conditions } }]);
  const admin = fake.client('admin');
  const path = `${nodes}/worker-1`;
  const patched = await admin.patch(
    `${path}/status`,
    { status: { conditions: [{ type: 'DiskPressure', status: 'True' }] } },
    { type: 'strategic', project: raw },
  );
  expect(patched).toMatchObject({
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'DiskPressure', status: 'True' },
      ],
    },
  });
  const cordoned = await admin.patch(
    path,
    { spec: { unschedulable: true }, metadata: { annotations: { by: 'us' } } },
    { type: 'merge', project: raw },
  );
  expect(cordoned).toMatchObject({ spec: { unschedulable: true }, metadata: { annotations: { by: 'us' } } });
  const uncordoned = await admin.patch(path, { spec: { unschedulable: null } }, { type: 'merge', project: raw });
  expect(uncordoned['spec']).not.toHaveProperty('unschedulable');
  const headers = { authorization: 'Bearer admin', 'content-type': 'text/plain' };
  const refused = await fake.send({ method: 'PATCH', target: path, headers, body: {} });
  expect(refused.text).toContain('application/merge-patch+json');
  const directive = await caught(
    admin.patch(path, { spec: { $retainKeys: ['x'] } }, { type: 'strategic', project: raw }),
  );
  expect(directive.params['message']).toContain('$patch: delete');
});

test('a dry run answers like the real thing and keeps nothing', async () => {
  const fake = await serveFake([namespace('drained'), node('worker-1'), pod('drained', 'free')]);
  const admin = fake.client('admin');
  const { version } = fake.store;
  await admin.patch(
    `${nodes}/worker-1`,
    { spec: { unschedulable: true } },
    { type: 'merge', dryRun: true, project: raw },
  );
  expect(await admin.evict('drained', 'free', { dryRun: true })).toEqual({ outcome: 'evicted' });
  expect(fake.store.version).toBe(version);
});

test('a patch or PUT that names another version is a conflict', async () => {
  const fake = await serveFake([node('worker-1')]);
  const admin = fake.client('admin');
  const path = `${nodes}/worker-1`;
  const old = await admin.get(path, raw);
  await admin.patch(path, { spec: { unschedulable: true } }, { type: 'merge', project: raw });
  expect(await caught(admin.replace(path, old, raw))).toMatchObject({ code: 'API_CONFLICT' });
  const { resourceVersion } = old['metadata'] as JsonObject;
  expect(
    await caught(
      admin.patch(path, { metadata: { resourceVersion: resourceVersion ?? null } }, { type: 'merge', project: raw }),
    ),
  ).toMatchObject({ code: 'API_CONFLICT' });
});

test('a Lease must say which version it replaces, and needs its namespace', async () => {
  const fake = await serveFake([namespace('locks')]);
  const admin = fake.client('admin');
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'run' },
    spec: { holderIdentity: 'a' },
  };
  const path = '/apis/coordination.k8s.io/v1/namespaces/locks/leases';
  await admin.create(path, lease, raw);
  expect(await caught(admin.replace(`${path}/run`, lease, raw))).toMatchObject({
    code: 'API_REJECTED',
    params: { status: 422 },
  });
  expect(
    await caught(admin.create('/apis/coordination.k8s.io/v1/namespaces/nowhere/leases', lease, raw)),
  ).toMatchObject({ code: 'API_NOT_FOUND' });
});

test('evicts within budgets only', async () => {
  const fake = await serveFake([
    namespace('shop'),
    pod('shop', 'a', { app: 'orders' }),
    pod('shop', 'b', { app: 'orders' }),
    {
      ...budget('shop', 'orders', 'orders'),
      spec: { minAvailable: '50%', selector: { matchLabels: { app: 'orders' } } },
      status: { expectedPods: 2, observedGeneration: 1 },
    },
    pod('shop', 'twice', { app: 'twice' }),
    budget('shop', 'one', 'twice'),
    budget('shop', 'two', 'twice'),
  ]);
  const admin = fake.client('admin');
  expect(await admin.evict('shop', 'a', {})).toEqual({ outcome: 'evicted' });
  expect(await admin.evict('shop', 'a', {})).toEqual({ outcome: 'gone' });
  expect(await admin.evict('shop', 'b', {})).toMatchObject({
    outcome: 'budget',
    message: 'The disruption budget orders needs 1 healthy pods and has 1 currently',
  });
  expect(await admin.evict('shop', 'twice', {})).toMatchObject({ outcome: 'misconfigured' });
});

test('a reader may look and not touch, and is told so by name', async () => {
  const fake = await serveFake([node('worker-1')]);
  const reader = fake.client('reader');
  const answers = await reader.canI([
    { verb: 'list', group: '', resource: 'nodes' },
    { verb: 'patch', group: '', resource: 'nodes' },
    { verb: 'create', group: '', resource: 'pods', subresource: 'eviction', namespace: 'shop' },
    { verb: 'get', group: 'coordination.k8s.io', resource: 'leases', namespace: 'nodemend' },
  ]);
  expect(answers).toEqual([true, false, false, false]);
  const refused = await caught(reader.patch(`${nodes}/worker-1`, {}, { type: 'merge', project: raw }));
  expect(refused).toMatchObject({ code: 'API_FORBIDDEN' });
  expect(
    await fake
      .client('admin')
      .canI([{ verb: 'delete', group: 'coordination.k8s.io', resource: 'leases', namespace: 'nodemend' }]),
  ).toEqual([true]);
});

test('does not take what it cannot read', async () => {
  const fake = await serveFake([namespace('shop')]);
  const as = { authorization: 'Bearer admin', 'content-type': 'application/json' };
  const post = (body: unknown) =>
    fake.send({ method: 'POST', target: '/api/v1/namespaces/shop/pods', headers: as, body });
  expect((await post({ kind: 'Node', apiVersion: 'v1', metadata: { name: 'x' } })).status).toBe(400);
  expect((await post([])).status).toBe(400);
  expect((await post({ kind: 'Pod', metadata: {} })).status).toBe(422);
  expect((await post({ kind: 'Pod', metadata: { name: 'x', namespace: 'other' } })).status).toBe(400);
  expect((await fake.send({ method: 'GET', target: `${nodes}?limit=-1`, headers: as })).status).toBe(400);
  expect((await fake.send({ method: 'GET', target: `${nodes}?continue=rubbish`, headers: as })).status).toBe(400);
  expect((await fake.send({ method: 'GET', target: `${nodes}?labelSelector=%3D%3D`, headers: as })).status).toBe(400);
  expect((await fake.send({ method: 'GET', target: `${nodes}?watch=1&resourceVersion=x`, headers: as })).status).toBe(
    400,
  );
  expect((await fake.send({ method: 'DELETE', target: nodes, headers: as })).status).toBe(405);
  expect((await fake.send({ method: 'GET', target: '/api/v1/pods/orders', headers: as })).status).toBe(404);
  expect((await fake.send({ method: 'GET', target: '/api/v1/namespaces/shop/nodes/x', headers: as })).status).toBe(404);
  expect((await post('x'.repeat(3 * 1024 * 1024))).status).toBe(413);
});
