import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import { kinds } from '../../../../lab/api/resources.ts';
import { serveFake, type ServedFake } from '../../../../lab/api/testing/serve-fake.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { defaultDrainOptions } from '../preflight/drain-options.ts';
import { someBudget, someNode, somePod, type SomePod } from '../preflight/testing/some-cluster.ts';
import { drainNode, returnNode, type NodeDrain, type NodeDrained, type NodeReturned } from './drain-node.ts';
import { markNode, unmarkNode, type NodeInHand } from './mark-node.ts';
import { exclusionLabel, marksAnnotation, scaleInAnnotation } from './node-marks.ts';
import { fastTiming } from './testing/fast-timing.ts';

/** On the practice cluster's API server. */
const run = '20261130-1200-reboot-0001';
const since = '2026-11-30T12:00:00Z';

interface Lab extends ServedFake {
  readonly api: KubernetesApi;
  readonly node: () => KubeObject;
  /** A merge of fields by another manager. */
  readonly edit: (manager: string, patch: JsonObject) => Promise<void>;
}

async function lab(objects: readonly JsonObject[] = [], node: JsonObject = {}): Promise<Lab> {
  const made = someNode({ name: 'a', ...node }) as unknown as KubeObject;
  const watched = { ...made, metadata: { ...made.metadata, managedFields: [], ...(node['metadata'] as object) } };
  const served = await serveFake([watched, ...(objects as unknown as readonly KubeObject[])]);
  const api = served.client('admin');
  return {
    ...served,
    api,
    node: () => (served.store.get(kinds.Node, '', 'a') as { readonly object: KubeObject }).object,
    edit: (fieldManager, patch) =>
      api.patch('/api/v1/nodes/a', patch, { type: 'merge', fieldManager, project: () => undefined }),
  };
}

const hand = ({ api }: Lab, more: Partial<NodeInHand> = {}): NodeInHand => ({
  api,
  timing: fastTiming(),
  name: 'a',
  uid: 'uid-a',
  run,
  ...more,
});
const mark = (cluster: Lab, more: Partial<NodeInHand> = {}) =>
  markNode(hand(cluster, more), { owner: 'kim@laptop', since, workloads: [] });

/** What a person sees of a node: without the server's own book-keeping. */
function shown({ metadata, ...rest }: KubeObject): unknown {
  const { resourceVersion: _version, managedFields: _managers, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

describe('a node’s marks', () => {
  test('are who, which run and what had been before, and come off without a trace', async () => {
    const cluster = await lab();
    const before = shown(cluster.node());
    expect(await mark(cluster)).toMatchObject({ marks: { run, owner: 'kim@laptop', since } });
    const { metadata, spec } = cluster.node();
    const annotations = metadata['annotations'] as Readonly<Record<string, string>>;
    expect([spec, metadata.labels?.[exclusionLabel], annotations[scaleInAnnotation]]).toEqual([
      { unschedulable: true },
      'nodemend',
      'true',
    ]);
    expect(JSON.parse(annotations[marksAnnotation]!)).toEqual({
      run,
      owner: 'kim@laptop',
      since,
      before: { unschedulable: false, excluded: null, scaleIn: null },
      workloads: [],
      own: [],
    });
    expect(await unmarkNode(hand(cluster), undefined)).toEqual({ unmarked: true, left: [] });
    expect(withoutEmpty(shown(cluster.node()))).toEqual(withoutEmpty(before));
  });

  test('keep what others had done before', async () => {
    const cluster = await lab([], {
      spec: { unschedulable: true },
      labels: { [exclusionLabel]: '' },
      metadata: { annotations: { [scaleInAnnotation]: 'false', note: 'fan' } },
    });
    const before = shown(cluster.node());
    await mark(cluster);
    expect(cluster.node().metadata['annotations']).toMatchObject({ [scaleInAnnotation]: 'true', note: 'fan' });
    expect(await unmarkNode(hand(cluster), undefined)).toEqual({ unmarked: true, left: [] });
    expect(shown(cluster.node())).toEqual(before);
  });

  test('are found again by another process of the run, with what had been before them', async () => {
    const cluster = await lab();
    const first = await mark(cluster);
    expect(await markNode(hand(cluster), { owner: 'lee', since: 'later', workloads: [] })).toEqual(first);
  });

  test('stay whole when somebody writes the node at the same moment, or an answer is lost', async () => {
    const cluster = await lab();
    let races = 3;
    let lost = 1;
    const racing: KubernetesApi = {
      ...cluster.api,
      get: async (path, project) => {
        const read = await cluster.api.get(path, project);
        if (races-- > 0) await cluster.edit('kubelet', { metadata: { annotations: { beat: String(races) } } });
        return read;
      },
      patch: async (path, body, options) => {
        const answer = await cluster.api.patch(path, body, options);
        if (lost-- > 0) throw new NodemendError('API_CONNECTION_CUT', { server: 's', path });
        return answer;
      },
    };
    expect(await mark(cluster, { api: racing })).toMatchObject({
      marks: { before: { unschedulable: false, excluded: null } },
    });
    expect([races, lost]).toEqual([-2, 0]);
  });

  test('of another run, of another node and of a node that is gone are not touched', async () => {
    const cluster = await lab();
    await mark(cluster);
    const other = { run: '20261130-1300-reboot-0002' };
    expect(await mark(cluster, other)).toEqual({ fault: { why: 'other-run', run } });
    expect(await unmarkNode(hand(cluster, other), undefined)).toEqual({ fault: { why: 'other-run', run } });
    expect(await unmarkNode(hand(cluster, { uid: 'uid-b' }), undefined)).toEqual({ fault: { why: 'replaced' } });
    await cluster.edit('somebody', { metadata: { annotations: { [marksAnnotation]: '{"run":"../x","before":{}}' } } });
    expect(await unmarkNode(hand(cluster), undefined)).toEqual({ fault: { why: 'unreadable' } });
    cluster.store.remove(kinds.Node, '', 'a');
    expect(await unmarkNode(hand(cluster), undefined)).toEqual({ fault: { why: 'gone' } });
  });

  test('a node without them is left alone', async () => {
    const cluster = await lab([], { spec: { unschedulable: true } });
    expect(await unmarkNode(hand(cluster), undefined)).toEqual({ unmarked: false, left: [] });
    expect(cluster.node()['spec']).toEqual({ unschedulable: true });
  });
});

describe('what others did while a node was out of service stays', () => {
  test('an uncordon, and the cordon of another tool after it', async () => {
    const cluster = await lab();
    await mark(cluster);
    await cluster.edit('kubectl', { spec: { unschedulable: null } });
    expect(await unmarkNode(hand(cluster), undefined)).toEqual({ unmarked: true, left: [] });
    await mark(cluster);
    await cluster.edit('kubectl', { spec: { unschedulable: null } });
    await cluster.edit('kubectl-cordon', { spec: { unschedulable: true } });
    expect(await unmarkNode(hand(cluster), undefined)).toEqual({ unmarked: true, left: ['cordon'] });
    expect(cluster.node()['spec']).toEqual({ unschedulable: true });
    expect(cluster.node().metadata.labels).not.toHaveProperty([exclusionLabel]);
  });

  test.each([
    ['medik8s.io/drain', { spec: { taints: [{ key: 'medik8s.io/drain', effect: 'NoSchedule' }] } }],
    [
      'ToBeDeletedByClusterAutoscaler',
      { spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] } },
    ],
    [
      'weave.works/kured-reboot-in-progress',
      { metadata: { annotations: { 'weave.works/kured-reboot-in-progress': 'now' } } },
    ],
  ])('a sign of another tool: %s', async (sign, edit) => {
    const cluster = await lab();
    await mark(cluster);
    await cluster.edit('other', edit);
    expect(await unmarkNode(hand(cluster), undefined)).toEqual({ unmarked: true, left: ['cordon'], claimedBy: sign });
    expect(cluster.node()['spec']).toMatchObject({ unschedulable: true });
  });

  test('a NodeMaintenance of its own', async () => {
    const cluster = await lab();
    await mark(cluster);
    expect(await unmarkNode(hand(cluster), 'NodeMaintenance fans')).toMatchObject({ left: ['cordon'] });
    expect(cluster.node()['spec']).toMatchObject({ unschedulable: true });
  });

  test('another value of a label or an annotation', async () => {
    const cluster = await lab();
    await mark(cluster);
    const theirs = { labels: { [exclusionLabel]: 'true' }, annotations: { [scaleInAnnotation]: 'false' } };
    await cluster.edit('other', { metadata: theirs });
    expect(await unmarkNode(hand(cluster), undefined)).toEqual({ unmarked: true, left: ['exclusion', 'scale-in'] });
    expect(cluster.node().metadata).toMatchObject(theirs);
  });
});

/** In the store a field that was emptied is an empty object; on a server it is not there. */
function withoutEmpty(object: unknown): unknown {
  return JSON.parse(
    JSON.stringify(object, (key: string, value: unknown) =>
      ['annotations', 'spec'].includes(key) && Object.keys(value as object).length === 0 ? undefined : value,
    ),
  );
}

const agent = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { namespace: 'shop', name: 'agent' },
  spec: {},
} as JsonObject;
const onA = (pod: SomePod): JsonObject => somePod({ node: 'a', ...pod });

function workload(kind: string, name: string, available: number, owner?: JsonObject): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { namespace: 'shop', name, ...(owner ? { ownerReferences: [owner] } : {}) },
    spec: { replicas: 3 },
    status: { availableReplicas: available },
  };
}

describe('draining', () => {
  interface Draining extends Partial<Omit<NodeDrain, 'api' | 'options'>> {
    readonly api?: KubernetesApi;
    readonly options?: Partial<NodeDrain['options']>;
  }
  const drain = (cluster: Lab, { options, ...more }: Draining = {}): Promise<NodeDrained> =>
    drainNode({
      ...hand(cluster),
      owner: 'kim@laptop',
      signal: new AbortController().signal,
      ...more,
      options: { ...defaultDrainOptions, ...options },
    });
  const names = (cluster: Lab): readonly string[] =>
    cluster.store.list(kinds.Pod, '').map(({ metadata }) => metadata.name);

  test('evicts what goes, and leaves DaemonSets, mirror pods and other nodes', async () => {
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
    const cluster = await lab([
      agent,
      onA({ name: 'web-1' }),
      onA({ name: 'job', phase: 'Succeeded', controller: '' }),
      onA({ name: 'agent-1', controller: 'DaemonSet/agent' }),
      onA({ name: 'static', controller: '', metadata: mirror }),
      somePod({ name: 'web-2', node: 'b' }),
    ]);
    const rounds: number[] = [];
    expect(await drain(cluster, { onRound: (left) => rounds.push(left.length) })).toMatchObject({ drained: true });
    expect(names(cluster)).toEqual(['agent-1', 'static', 'web-2']);
    expect(rounds).toEqual([2]);
  });

  test('waits for a budget until it allows one, and says meanwhile what the server says', async () => {
    const status = { expectedPods: 2 };
    const guard = { ...someBudget({ name: 'guard', selector: { matchLabels: { app: 'web' } }, status }) };
    const cluster = await lab([
      guard,
      onA({ name: 'web-1', labels: { app: 'web' } }),
      somePod({ name: 'web-2', node: 'b', labels: { app: 'web' }, ready: false }),
    ]);
    const said: string[] = [];
    const timing = fastTiming((passed) => {
      if (passed !== 20_000) return;
      const healthy = somePod({ name: 'web-2', node: 'b', labels: { app: 'web' } });
      cluster.store.replace(kinds.Pod, healthy as unknown as KubeObject);
    });
    let evictions = 0;
    const api: KubernetesApi = {
      ...cluster.api,
      evict: (...args) => {
        evictions++;
        return cluster.api.evict(...args);
      },
    };
    const done = await drain(cluster, { api, timing, onRound: ([first]) => said.push(first?.said ?? '') });
    expect(done).toMatchObject({ drained: true });
    // Looks each second, and asks as rarely as kubectl drain does: at 0, 5, 10, 15 and 20 s.
    expect([said.length, evictions]).toEqual([21, 5]);
    expect(new Set(said)).toEqual(
      new Set(['', 'The disruption budget guard needs 1 healthy pods and has 1 currently']),
    );
  });

  test('ends at its time, with what is left and why, and keeps its marks', async () => {
    const guard = someBudget({ name: 'guard', spec: { maxUnavailable: 0 } });
    const cluster = await lab([guard, onA({ name: 'web-1' })]);
    const timing = fastTiming();
    expect(await drain(cluster, { timing, options: { timeoutSeconds: 60 } })).toEqual({
      drained: false,
      step: 'evict',
      fault: {
        drained: false,
        why: 'timed-out',
        left: [{ pod: 'shop/web-1', said: 'The disruption budget guard needs 3 healthy pods and has 1 currently' }],
      },
    });
    expect(timing.monotonicMs()).toBeLessThan(62_000);
    expect(cluster.node()['spec']).toEqual({ unschedulable: true });
  });

  test('does not wait for what waiting does not help: two budgets', async () => {
    const cluster = await lab([someBudget({ name: 'one' }), someBudget({ name: 'two' }), onA({ name: 'web-1' })]);
    const timing = fastTiming();
    expect(await drain(cluster, { timing })).toMatchObject({
      step: 'evict',
      fault: { why: 'misconfigured', left: [{ pod: 'shop/web-1', said: expect.stringContaining('more than one') }] },
    });
    expect(timing.monotonicMs()).toBe(0);
  });

  test('refuses a pod that may not go, also one that comes in the middle', async () => {
    const guard = someBudget({
      name: 'guard',
      spec: { maxUnavailable: 0 },
      selector: { matchLabels: { app: 'web-1' } },
    });
    const cluster = await lab([guard, onA({ name: 'web-1' })]);
    const timing = fastTiming((passed) => {
      if (passed === 3_000)
        cluster.store.create(kinds.Pod, onA({ name: 'bare', controller: '' }) as unknown as KubeObject);
    });
    expect(await drain(cluster, { timing })).toMatchObject({
      fault: { why: 'refused', pod: 'shop/bare', decision: { policy: 'unmanaged', flag: 'force' } },
    });
    expect(names(cluster)).toContain('bare');
  });

  test('a pod that comes again under its old name is another one, and is evicted too', async () => {
    const cluster = await lab([onA({ name: 'db-0', controller: 'StatefulSet/db' })]);
    const evicted: (string | undefined)[] = [];
    const api: KubernetesApi = {
      ...cluster.api,
      evict: async (namespace, pod, options) => {
        evicted.push(options.uid);
        const answer = await cluster.api.evict(namespace, pod, options);
        const again = onA({ name: 'db-0', controller: 'StatefulSet/db', metadata: { uid: 'uid-again' } });
        if (evicted.length === 1) cluster.store.create(kinds.Pod, again as unknown as KubeObject);
        return answer;
      },
    };
    expect(await drain(cluster, { api })).toMatchObject({ drained: true });
    expect(evicted).toEqual(['uid-db-0', 'uid-again']);
  });

  test('one that is on its way is waited for, and not asked again', async () => {
    const cluster = await lab([onA({ name: 'slow', metadata: { deletionTimestamp: '2026-11-30T12:00:00Z' } })]);
    const timing = fastTiming((passed) => {
      if (passed === 30_000) cluster.store.remove(kinds.Pod, 'shop', 'slow');
    });
    const api: KubernetesApi = { ...cluster.api, evict: () => Promise.reject(new Error('asked again')) };
    expect(await drain(cluster, { timing, api })).toMatchObject({ drained: true });
    expect(timing.monotonicMs()).toBe(30_000);
  });

  test('a server that is away, an eviction that races and a namespace that ends are waited for', async () => {
    const cluster = await lab([onA({ name: 'web-1' })]);
    const trouble = [
      new NodemendError('API_REFUSED', { server: 's' }),
      new NodemendError('API_CONFLICT', { path: 'p', message: 'm' }),
      new NodemendError('API_REJECTED', {
        path: 'p',
        status: 403,
        message: 'unable to create new content in namespace shop because it is being terminated',
      }),
    ];
    let lists = 0;
    const api: KubernetesApi = {
      ...cluster.api,
      // The first list is of what is there before; rounds two and three find nobody.
      list: (path, options) =>
        path === '/api/v1/pods' && [3, 4].includes(++lists)
          ? Promise.reject(new NodemendError('API_REFUSED', { server: 's' }))
          : cluster.api.list(path, options),
      evict: (namespace, pod, options) => {
        const error = trouble.pop();
        return error ? Promise.reject(error) : cluster.api.evict(namespace, pod, options);
      },
    };
    expect(await drain(cluster, { api })).toMatchObject({ drained: true });
    expect(trouble).toEqual([]);
  });

  test('what is forbidden ends it at once', async () => {
    const cluster = await lab([onA({ name: 'web-1' })]);
    const forbidden = new NodemendError('API_FORBIDDEN', {
      user: 'u',
      verb: 'create',
      resource: 'pods',
      namespace: 'shop',
      message: '',
    });
    const api: KubernetesApi = { ...cluster.api, evict: () => Promise.reject(forbidden) };
    await expect(drain(cluster, { api })).rejects.toBe(forbidden);
  });

  test('Ctrl-C ends it between two rounds, and the next one goes on', async () => {
    const guard = someBudget({
      name: 'guard',
      spec: { maxUnavailable: 0 },
      selector: { matchLabels: { app: 'web-2' } },
    });
    const cluster = await lab([guard, onA({ name: 'web-1' }), onA({ name: 'web-2' })]);
    const abort = new AbortController();
    const timing = fastTiming((passed) => passed >= 4_000 && abort.abort());
    expect(await drain(cluster, { timing, signal: abort.signal })).toMatchObject({
      fault: { why: 'interrupted', left: [{ pod: 'shop/web-2' }] },
    });
    cluster.store.remove(kinds.PodDisruptionBudget, 'shop', 'guard');
    expect(await drain(cluster)).toMatchObject({ drained: true, marks: { before: { unschedulable: false } } });
    expect(names(cluster)).toEqual([]);
  });

  describe('volumes', () => {
    const attachment = (name: string, node: string, volume: string): JsonObject => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name },
      spec: { attacher: 'none.test', nodeName: node, source: { persistentVolumeName: volume } },
    });
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace: 'shop', name: 'logs' },
      spec: { volumeName: 'pv-logs' },
    } as JsonObject;
    const staying = onA({
      name: 'agent-1',
      controller: 'DaemonSet/agent',
      spec: { nodeName: 'a', volumes: [{ name: 'logs', persistentVolumeClaim: { claimName: 'logs' } }] },
    });

    test('are waited for, but not those of pods that stay or of other nodes', async () => {
      const cluster = await lab([
        agent,
        claim,
        staying,
        attachment('of-agent', 'a', 'pv-logs'),
        attachment('elsewhere', 'b', 'pv-x'),
        attachment('data', 'a', 'pv-data'),
      ]);
      const timing = fastTiming((passed) => {
        if (passed === 12_000) cluster.store.remove(kinds.VolumeAttachment, '', 'data');
      });
      expect(await drain(cluster, { timing })).toMatchObject({ drained: true });
      expect(timing.monotonicMs()).toBe(12_000);
    });

    test('that stay attached are told when the time is over', async () => {
      const cluster = await lab([attachment('data', 'a', 'pv-data')]);
      expect(await drain(cluster, { options: { timeoutSeconds: 30 } })).toEqual({
        drained: false,
        step: 'detach',
        attached: [{ name: 'data', volume: 'pv-data' }],
      });
    });
  });

  describe('workloads', () => {
    const replicaSet = (name: string): JsonObject =>
      workload('ReplicaSet', name, 3, { kind: 'Deployment', name: 'web', controller: true });
    const back = (cluster: Lab, done: NodeDrained, timing = fastTiming()): Promise<NodeReturned> =>
      returnNode({
        ...hand(cluster, { timing }),
        workloads: done.drained ? done.marks.workloads : [],
        timeoutSeconds: 60,
        claim: undefined,
        signal: new AbortController().signal,
      });

    test('are counted before, kept on the node, and waited for before it is put back', async () => {
      const cluster = await lab([
        workload('Deployment', 'web', 3),
        replicaSet('web-5d'),
        workload('StatefulSet', 'db', 2),
        onA({ name: 'web-1', controller: 'ReplicaSet/web-5d' }),
        onA({ name: 'web-2', controller: 'ReplicaSet/web-5d' }),
        onA({ name: 'db-0', controller: 'StatefulSet/db' }),
        onA({ name: 'once', controller: 'Job/once' }),
      ]);
      const done = await drain(cluster);
      expect(done).toMatchObject({
        drained: true,
        marks: {
          workloads: [
            { kind: 'StatefulSet', namespace: 'shop', name: 'db', available: 2 },
            { kind: 'Deployment', namespace: 'shop', name: 'web', available: 3 },
          ],
        },
      });
      const set = (kind: 'Deployment' | 'StatefulSet', name: string, available: number): void =>
        void cluster.store.replace(kinds[kind], workload(kind, name, available) as unknown as KubeObject);
      set('Deployment', 'web', 1);
      cluster.store.remove(kinds.StatefulSet, 'shop', 'db');
      const timing = fastTiming((passed) => passed === 8_000 && set('Deployment', 'web', 3));
      expect(await back(cluster, done, timing)).toEqual({ missing: [], unmarked: { unmarked: true, left: [] } });
      expect(timing.monotonicMs()).toBe(8_000);
      expect(cluster.node()['spec']).toEqual({});
    });

    test('that do not come back are told, and the node is put back anyway', async () => {
      const cluster = await lab([
        workload('Deployment', 'web', 3),
        replicaSet('web-5d'),
        onA({ name: 'web-1', controller: 'ReplicaSet/web-5d' }),
      ]);
      const done = await drain(cluster);
      cluster.store.replace(kinds.Deployment, workload('Deployment', 'web', 2) as unknown as KubeObject);
      expect(await back(cluster, done)).toMatchObject({
        missing: [{ kind: 'Deployment', name: 'web', available: 3 }],
        unmarked: { unmarked: true },
      });
    });
  });
});
