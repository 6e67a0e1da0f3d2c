import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeMaintenanceKind, nodeMaintenanceOf } from '../../../../test/deploy/node-maintenance.ts';
import { startRoleFixture, type Holder, type RoleFixture } from '../../../../test/deploy/role-fixture.ts';
import { deployFolder, permissionsOf, permissionText, shippedObjects } from '../../../../test/deploy/shipped-files.ts';
import { waitUntil } from '../../../../test/end-to-end/wait-until.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import { object, text } from '../../../kubernetes/json-fields.ts';
import { systemTiming } from '../../../kubernetes/timing.ts';
import { askOtherTools, askPods } from '../gates/ask-other-tools.ts';
import { readClusterPod, type ClusterPod } from '../preflight/cluster-pod.ts';
import { readCluster } from '../preflight/cluster-reading.ts';
import { defaultDrainOptions } from '../preflight/drain-options.ts';
import { DrainPreflight } from '../preflight/preflight.ts';
import { drainNode, returnNode, type NodeDrain } from './drain-node.ts';
import { markNode, unmarkNode, type NodeInHand } from './mark-node.ts';
import { exclusionLabel, marksAnnotation, scaleInAnnotation } from './node-marks.ts';

/**
 * Nodes taken out of service and put back: real kubelets, budgets that a real controller counts, and nothing but the
 * shipped role. The VolumeAttachment is written by the test: there is no CSI driver.
 */
let fixture: RoleFixture;
let drainer: Holder;
const signal = new AbortController().signal;
const shop = '/apis/apps/v1/namespaces/shop';

beforeAll(async () => {
  fixture = await startRoleFixture({ containerd: 2, docker: 0 }, 'drain');
  const { kubectl } = fixture.testbed;
  await kubectl('-n', 'nodemend', 'create', 'serviceaccount', 'drainer');
  await kubectl('apply', '-f', join(deployFolder, 'nodemend-drain.yaml'));
  const binding = ['nodemend-drain', '--clusterrole=nodemend-drain', '--serviceaccount=nodemend:drainer'];
  await kubectl('create', 'clusterrolebinding', ...binding);
  drainer = await fixture.holder('nodemend/drainer');
  await kubectl('create', 'namespace', 'shop');
  for (const [path, body] of objects) await fixture.admin.create(path, body, () => undefined);
  await waitUntil(async () => ((await readyPods()) === 9 ? undefined : `${await readyPods()} of 9 pods ready`));
});
afterAll(() => fixture?.down());

const pod = (app: string): JsonObject => ({
  metadata: { labels: { app } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      { name: 'main', image: 'docker.io/library/box:1', imagePullPolicy: 'Never', command: ['sleep', '100000'] },
    ],
  },
});
const workload = (name: string, more: JsonObject): JsonObject => ({
  metadata: { name },
  spec: { selector: { matchLabels: { app: name } }, template: pod(name), ...more },
});
const objects: readonly (readonly [path: string, body: JsonObject])[] = [
  [`${shop}/deployments`, workload('web', { replicas: 4 })],
  [`${shop}/statefulsets`, workload('db', { replicas: 2, serviceName: 'db' })],
  [`${shop}/daemonsets`, workload('agent', {})],
  [
    '/api/v1/namespaces/shop/replicationcontrollers',
    { metadata: { name: 'old' }, spec: { replicas: 1, selector: { app: 'old' }, template: pod('old') } },
  ],
  [
    '/apis/policy/v1/namespaces/shop/poddisruptionbudgets',
    { metadata: { name: 'web' }, spec: { minAvailable: 3, selector: { matchLabels: { app: 'web' } } } },
  ],
  nodeMaintenanceKind,
];

async function podsOf(node: string): Promise<readonly ClusterPod[]> {
  const pods = await fixture.admin.list('/api/v1/namespaces/shop/pods', { project: readClusterPod });
  return pods.filter((one) => node === '' || one.node === node);
}

async function readyPods(): Promise<number> {
  return (await podsOf('')).filter(({ ready }) => ready).length;
}

async function inHand(name: string, run: string): Promise<NodeInHand> {
  const uid = await fixture.admin.get(`/api/v1/nodes/${name}`, (raw) => text(object(raw['metadata'])['uid']));
  return { api: drainer.relayed, timing: systemTiming, name, uid, run };
}

async function drainOf(name: string, run: string, more: Partial<NodeDrain> = {}): Promise<NodeDrain> {
  const options = { ...defaultDrainOptions, timeoutSeconds: 60 };
  return { ...(await inHand(name, run)), owner: 'kim@laptop', options, signal, ...more };
}

/** What a person set of a node. */
async function nodeOf(name: string): Promise<unknown> {
  return fixture.admin.get(`/api/v1/nodes/${name}`, (raw) => {
    const { labels, annotations } = object(raw['metadata']);
    // The taint of a cordon is taken off by a controller, after the cordon.
    const { taints: _taints, ...spec } = object(raw['spec']);
    return { labels, annotations, spec };
  });
}

describe('with the role nodemend-drain and nothing else', () => {
  const run = '20261130-1200-reboot-0001';

  test('a node is emptied as its budget allows, and is afterwards as it was; each permission of the role was used', async () => {
    // Where the one pod is of whose kind there is no other; of the others the scheduler puts some onto each node.
    const node = (await podsOf('')).find(({ labels }) => labels['app'] === 'old')!.node;
    const before = await nodeOf(node);
    fixture.asked();

    const api = drainer.relayed;
    const question = { api, now: Date.now(), signal };
    expect(await askOtherTools(question)).toEqual([]);
    expect(await askPods(question, node, ['app=db'])).toMatchObject([
      { by: 'pods', selector: 'app=db', pods: [expect.stringMatching(/^shop\/db-\d$/u)] },
    ]);
    const ahead = new DrainPreflight(await readCluster(api, signal), defaultDrainOptions).of([node]);
    expect(ahead.blockers).toEqual([]);
    const going = ahead.pods.filter(({ decision }) => decision.does === 'evict').map((one) => one.pod.uid);
    const attachment = {
      metadata: { name: 'data' },
      spec: { attacher: 'none.test', nodeName: node, source: { persistentVolumeName: 'pv-data' } },
    };
    await fixture.admin.create('/apis/storage.k8s.io/v1/volumeattachments', attachment, () => undefined);
    const detached = systemTiming.sleep(6_000).then(async () => {
      await fixture.admin.patch(
        '/apis/storage.k8s.io/v1/volumeattachments/data',
        { metadata: { finalizers: null } },
        { type: 'merge', project: () => undefined },
      );
      await fixture.admin.remove('/apis/storage.k8s.io/v1/volumeattachments/data');
    });
    let fewest = 4;
    const watching = new AbortController();
    const watched = (async () => {
      while (!watching.signal.aborted) {
        const ready = (await podsOf('')).filter((one) => one.ready && !one.deleting && one.labels['app'] === 'web');
        fewest = Math.min(fewest, ready.length);
      }
    })();

    const done = await drainNode(await drainOf(node, run));
    watching.abort();
    await Promise.all([watched, detached]);
    expect(done).toMatchObject({
      drained: true,
      marks: {
        workloads: expect.arrayContaining([{ kind: 'Deployment', namespace: 'shop', name: 'web', available: 4 }]),
      },
    });
    expect(fewest).toBe(3);
    const left = await podsOf(node);
    expect(left.map(({ controller }) => controller?.kind)).toEqual(['DaemonSet']);
    expect(left.some(({ uid }) => going.includes(uid))).toBe(false);
    expect(await nodeOf(node)).toMatchObject({
      spec: { unschedulable: true },
      labels: { [exclusionLabel]: 'nodemend' },
      annotations: { [scaleInAnnotation]: 'true', [marksAnnotation]: expect.stringContaining(run) },
    });

    if (!done.drained) return;
    const back = { workloads: done.marks.workloads, timeoutSeconds: 60, claim: undefined, signal };
    expect(await returnNode({ ...(await inHand(node, run)), ...back })).toEqual({
      missing: [],
      unmarked: { unmarked: true, left: [] },
    });
    expect(await nodeOf(node)).toEqual(before);

    const { used, refused } = fixture.asked();
    expect(refused).toEqual([]);
    const permissions = permissionsOf(shippedObjects('nodemend-drain.yaml')).map(permissionText);
    expect([...new Set(used.map(withoutName))].toSorted()).toEqual(permissions.toSorted());
  });

  /** No role names nodes or pods: they come and go. */
  function withoutName(permission: string): string {
    return permission.replace(/ -n \S+$/u, '').replace(/^(\S+ [a-z.0-9]+(?:\/eviction)?)\/[^/]+$/u, '$1');
  }

  test('a budget that never allows ends it in its time, and is known beforehand; the mark stays until it is taken off', async () => {
    const [first] = (await podsOf('')).filter(({ labels }) => labels['app'] === 'web');
    const node = first!.node;
    await fixture.admin.patch(
      '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web',
      { spec: { minAvailable: 4 } },
      { type: 'merge', project: () => undefined },
    );
    await expect
      .poll(
        async () =>
          new DrainPreflight(await readCluster(fixture.admin, signal), defaultDrainOptions).of([node]).verdict,
        {
          timeout: 20_000,
          interval: 200,
        },
      )
      .toBe('blocked');
    const ahead = new DrainPreflight(await readCluster(fixture.admin, signal), defaultDrainOptions).of([node]);
    expect(ahead.blockers[0]).toMatchObject({ answer: { answer: 'refused', budget: { name: 'web' }, always: true } });
    const options = { ...defaultDrainOptions, timeoutSeconds: 7 };
    const ended = await drainNode(await drainOf(node, '20261130-1210-reboot-0002', { options }));
    expect(ended).toMatchObject({
      drained: false,
      step: 'evict',
      fault: {
        why: 'timed-out',
        left: expect.arrayContaining([
          expect.objectContaining({ said: 'The disruption budget web needs 4 healthy pods and has 4 currently' }),
        ]),
      },
    });
    const hand = await inHand(node, '20261130-1210-reboot-0002');
    expect(await unmarkNode(hand, undefined)).toEqual({ unmarked: true, left: [] });
  });

  test('another tool’s cordon stays, by the book that the server keeps of who wrote what', async () => {
    const hand = await inHand('containerd-1', '20261130-1220-reboot-0003');
    await markNode(hand, { owner: 'kim@laptop', since: 'now', workloads: [] });
    await fixture.testbed.kubectl('uncordon', 'containerd-1');
    await fixture.testbed.kubectl('cordon', 'containerd-1');
    expect(await unmarkNode(hand, undefined)).toEqual({ unmarked: true, left: ['cordon'] });
    expect(await nodeOf('containerd-1')).toMatchObject({ spec: { unschedulable: true } });
    await fixture.testbed.kubectl('uncordon', 'containerd-1');
  });

  test('a NodeMaintenance is another tool at work, and keeps its node', async () => {
    const [path, made] = nodeMaintenanceOf('containerd-1');
    await fixture.admin.create(path, made, () => undefined);
    expect(await askOtherTools({ api: drainer.api, now: Date.now(), signal })).toEqual([
      { by: 'node-maintenance', name: 'fans', node: 'containerd-1' },
    ]);
  });
});
