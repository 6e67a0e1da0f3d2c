import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import { kinds } from '../../../../lab/api/resources.ts';
import { serveFake, type ServedFake } from '../../../../lab/api/testing/serve-fake.ts';
import { MemoryJournals } from '../../../../test/model/memory-journal.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import { errorText } from '../../../errors/text.ts';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { defaultRunOptions, type NodeOutcome, type RunOptions } from '../../run.ts';
import type { ChangedNode } from '../change-node.ts';
import { openSession } from '../open-session.ts';
import { someBudget, someNode, somePod } from '../preflight/testing/some-cluster.ts';
import type { RunSession } from '../session.ts';
import { OutOfService } from './out-of-service.ts';
import { exclusionLabel, marksAnnotation } from './node-marks.ts';
import { fastTiming } from './testing/fast-timing.ts';

/** On the practice cluster's API server; the change in between is the test's. */
const run = '20261130-1200-kernel-memory-0001';
const done: NodeOutcome = { node: 'a', ending: 'done', left: 'changed' };

interface Fixture extends ServedFake {
  readonly session: RunSession;
  readonly around: (outcome: ChangedNode | (() => Promise<ChangedNode>), drains?: boolean) => Promise<NodeOutcome>;
  readonly details: () => Promise<readonly string[]>;
  /** Steps as the journal has them: `preflight done`. */
  readonly steps: () => Promise<readonly string[]>;
  readonly node: () => KubeObject;
  readonly pods: () => readonly string[];
  readonly abort: AbortController;
}

interface Options {
  readonly run?: string;
  readonly timing?: (abort: AbortController) => (passedMs: number) => void;
  readonly pace?: number;
  readonly drain?: Partial<RunOptions['drain']>;
  readonly api?: (api: KubernetesApi) => KubernetesApi;
}

async function fixture(objects: readonly JsonObject[], options: Options = {}): Promise<Fixture> {
  const nodes = ['a', 'b'].map((name) => ({ ...someNode({ name }) }));
  const served = await serveFake([...nodes, ...objects] as unknown as readonly KubeObject[]);
  return withSession(served, options);
}

async function withSession(
  served: ServedFake,
  { run: id = run, timing, pace, drain, api: around = (api) => api }: Options = {},
): Promise<Fixture> {
  const abort = new AbortController();
  const journals = new MemoryJournals();
  const store = journals.store(async () => undefined);
  const api = around(served.client('admin'));
  const session = await openSession(
    {
      api,
      targets: [],
      journal: store,
      problems: [],
      options: { ...defaultRunOptions, owner: 'kim@laptop', drain: { ...defaultRunOptions.drain, ...drain } },
      onEvent: () => undefined,
      signal: abort.signal,
      timing: fastTiming(timing?.(abort), pace),
    },
    {
      run: id,
      kind: 'apply',
      plan: 'p',
      problems: ['kernel-memory'],
      nodes: ['a'],
      lease: { assertHeld: () => undefined, release: async () => undefined },
    },
  );
  const node = (): KubeObject => (served.store.get(kinds.Node, '', 'a') as { readonly object: KubeObject }).object;
  return {
    ...served,
    session,
    abort,
    node,
    around: (outcome, drains = true) =>
      new OutOfService(session, api, { node: { name: 'a', uid: 'uid-a' }, inHand: new Set() }).around(
        drains,
        async () => (typeof outcome === 'function' ? outcome() : outcome),
      ),
    details: async () =>
      ((await store.read(id))?.entries ?? []).flatMap((entry) => (entry.entry === 'after' ? [entry.detail] : [])),
    steps: async () =>
      ((await store.read(id))?.entries ?? []).flatMap((entry) =>
        entry.entry === 'after' ? [`${entry.step} ${entry.outcome}`] : [],
      ),
    pods: () => served.store.list(kinds.Pod, '').map(({ metadata }) => metadata.name),
  };
}

const web = somePod({ name: 'web-1', node: 'a' });

function isInService({ metadata, ...node }: KubeObject): boolean {
  const { unschedulable } = node['spec'] as { readonly unschedulable?: boolean };
  const annotations: object = metadata['annotations'] ?? {};
  return unschedulable !== true && !(exclusionLabel in (metadata.labels ?? {})) && !(marksAnnotation in annotations);
}

test('a node is empty and out of service while it is changed, and back when that is done', async () => {
  const one = await fixture([web]);
  const outcome = await one.around(async () => {
    expect([one.pods(), isInService(one.node())]).toEqual([[], false]);
    return done;
  });
  expect(outcome).toEqual(done);
  expect(isInService(one.node())).toBe(true);
  expect(await one.steps()).toEqual(['preflight done', 'drain done', 'return done']);
});

test('a node whose change failed and was undone comes back; one that nobody knows stays with its marks', async () => {
  const one = await fixture([web]);
  const failed: NodeOutcome = { node: 'a', ending: 'failed', left: 'as-before', detail: 'no' };
  expect(await one.around(failed)).toEqual(failed);
  expect(isInService(one.node())).toBe(true);
  const lost: NodeOutcome = { node: 'a', ending: 'timed-out', left: 'unknown' };
  const told = expect.stringMatching(new RegExp(`it stays out of service until \`nodemend undo ${run}\``, 'u'));
  expect(await one.around(lost)).toEqual({
    ...lost,
    detail: told,
    also: [{ code: 'NODE_OUT_OF_SERVICE', params: { context: 'stays', node: 'a', run } }],
  });
  expect(isInService(one.node())).toBe(false);
});

test('one that does not become ready again is not done, and stays out of service', async () => {
  const one = await fixture([web]);
  const outcome = await one.around(async () => {
    const { status, ...node } = one.node();
    const conditions = [{ type: 'Ready', status: 'Unknown' }];
    one.store.replace(kinds.Node, { ...node, status: { ...(status as object), conditions } });
    return done;
  });
  expect(outcome).toMatchObject({
    ending: 'timed-out',
    step: 'return',
    left: 'unknown',
    code: 'NODE_RETURN_TIMED_OUT',
  });
  expect(isInService(one.node())).toBe(false);
});

test('one that was changed and not rebooted, or is back, is put back whatever failed', async () => {
  const one = await fixture([web]);
  const failed: NodeOutcome = { node: 'a', ending: 'failed', left: 'changed', detail: 'no' };
  expect(await one.around(failed)).toEqual(failed);
  expect(isInService(one.node())).toBe(true);
});

/** Of a DaemonSet, and of a manifest on the node. */
const ownPods = (started: string, ready = true): readonly JsonObject[] =>
  ['fluent/DaemonSet', 'proxy/'].map((named) => {
    const [name = '', kind = ''] = named.split('/');
    const pod = somePod({ name, node: 'a', controller: kind === '' ? '' : `${kind}/${name}`, ready });
    const annotations = kind === '' ? { 'kubernetes.io/config.mirror': 'x' } : {};
    const containerStatuses = [{ containerID: `containerd://${name}-${started}` }];
    return {
      ...pod,
      metadata: { ...(pod['metadata'] as JsonObject), annotations },
      status: { ...(pod['status'] as JsonObject), containerStatuses },
    };
  });

const daemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { namespace: 'shop', name: 'fluent', uid: 'd' },
};

test('what the API server shows of before a reboot is not taken for the node being back', async () => {
  let rounds = 0;
  const shown: string[] = [];
  const show = (bootID: string, pods: readonly JsonObject[]): void => {
    const { object } = one.store.get(kinds.Node, '', 'a') as { readonly object: KubeObject };
    const status = { ...(object['status'] as object), nodeInfo: { bootID } };
    one.store.replace(kinds.Node, { ...object, status });
    for (const pod of pods) one.store.replace(kinds.Pod, pod as unknown as KubeObject);
  };
  const events = [() => show('new', []), () => show('new', ownPods('new', false)), () => show('new', ownPods('new'))];
  let isBegun = false;
  const one = await fixture([web, daemonSet, ...ownPods('old')], {
    timing: () => () => {
      if (!isBegun) return;
      shown.push(isInService((one.store.get(kinds.Node, '', 'a') as { object: KubeObject }).object) ? 'in' : 'out');
      events[rounds]?.();
      rounds += 1;
    },
  });
  isBegun = true;
  show('old', []);
  const outcome = await one.around(async () => ({ ...done, bootId: 'new' }));
  expect(outcome).toEqual(done);
  expect(isInService(one.node())).toBe(true);
  expect(shown.slice(-3)).toEqual(['out', 'out', 'out']);
  expect(rounds).toBeGreaterThanOrEqual(events.length);
});

test('pods of the node that do not come back are named, and the node stays out of service', async () => {
  const one = await fixture([web, daemonSet, ...ownPods('old')]);
  const outcome = await one.around(async () => {
    for (const pod of ownPods('new', false)) one.store.replace(kinds.Pod, pod as unknown as KubeObject);
    return done;
  });
  expect(outcome).toMatchObject({ ending: 'timed-out', left: 'unknown' });
  expect(outcome.detail).toContain('its own pods are not ready: shop/DaemonSet/fluent, shop/Pod/proxy');
  expect(isInService(one.node())).toBe(false);
});

const never = async (): Promise<NodeOutcome> => Promise.reject(new Error('it was begun'));

test.each([
  [
    'a pod that cannot go',
    [somePod({ name: 'bare', node: 'a', controller: '' })],
    'DRAIN_BLOCKED',
    'shop/bare: has no controller that makes it again (--force)',
  ],
  [
    'a budget that allows none',
    [web, someBudget({ name: 'tight', status: { disruptionsAllowed: 0, desiredHealthy: 3 } })],
    'DRAIN_BLOCKED',
    'shop/web-1: budget tight needs 3 healthy pods and has 3, and never allows one less',
  ],
  [
    'two budgets',
    [web, someBudget({ name: 'one' }), someBudget({ name: 'two' })],
    'DRAIN_BLOCKED',
    'shop/web-1: has two budgets, one, two',
  ],
  [
    'a pod without another place',
    [somePod({ name: 'big', node: 'a', cpu: '5' })],
    'DRAIN_BLOCKED',
    'shop/big: fits on no other node: 1 without room',
  ],
  [
    'a budget that was not counted yet',
    [web, someBudget({ name: 'new', status: { observedGeneration: 0 } })],
    'DRAIN_UNCERTAIN',
    'shop/web-1: budget new has not been counted since it changed',
  ],
  [
    'a place that nobody knows',
    [somePod({ name: 'odd', node: 'a', spec: { nodeName: 'a', schedulerName: 'volcano' } })],
    'DRAIN_UNCERTAIN',
    'shop/odd: whether it fits elsewhere is unknown: it depends on what nodemend does not evaluate, schedulerName volcano',
  ],
  [
    'a kured that reboots another node',
    [
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: {
          namespace: 'kube-system',
          name: 'kured',
          annotations: { 'weave.works/kured-node-lock': '{"nodeID":"b","created":"2026-11-30T11:00:00Z","TTL":0}' },
        },
      },
    ],
    'OTHER_TOOL_AT_WORK',
    'kured holds its lock for b (kube-system/kured)',
  ],
])('%s: nothing is begun, and no pod is gone', async (_what, objects, code, what) => {
  const one = await fixture(objects);
  const pods = one.pods();
  const outcome = await one.around(never);
  expect(outcome).toMatchObject({
    ending: 'refused',
    left: 'as-before',
    step: 'preflight',
    code,
    detail: expect.stringContaining(what),
  });
  // In Korean nothing of it is English, but for names.
  const { cause } = errorText('ko', outcome.code ?? 'INTERNAL', outcome.params ?? {});
  expect(cause).toMatch(/: .*[가-힣]/u);
  expect(cause).not.toMatch(/(?:\b[A-Za-z]+ ){3}/u);
  expect([one.pods(), isInService(one.node())]).toEqual([pods, true]);
  expect(await one.steps()).toEqual(['preflight refused', 'return already']);
});

test('a doubt that was accepted by name does not stop it, and stands in the journal; another does', async () => {
  const odd = (name: string): JsonObject =>
    somePod({ name, node: 'a', spec: { nodeName: 'a', schedulerName: 'volcano' } });
  const accepting = { drain: { acceptUncertain: ['shop/odd-*'] } };
  const one = await fixture([odd('odd-1')], accepting);
  expect(await one.around(done)).toEqual(done);
  expect(await one.details()).toContainEqual(
    expect.stringMatching(/^1 pods to evict; accepted: shop\/odd-1: .* schedulerName volcano$/u),
  );
  const two = await fixture([odd('odd-1'), odd('other')], accepting);
  expect(await two.around(never)).toMatchObject({
    code: 'DRAIN_UNCERTAIN',
    params: { 'what.0.pod': 'shop/other' },
  });
});

test('a node of the control plane is not begun when nobody knows how etcd is', async () => {
  const one = await fixture([]);
  const labels = { ...one.node().metadata.labels, 'node-role.kubernetes.io/control-plane': '' };
  one.store.replace(kinds.Node, { ...one.node(), metadata: { ...one.node().metadata, labels } });
  expect(await one.around(never)).toMatchObject({ ending: 'refused', code: 'ETCD_AT_RISK', left: 'as-before' });
  expect(isInService(one.node())).toBe(true);
});

test('what would be lost goes when it was named, and no pod waits longer than it was given', async () => {
  const bare = somePod({ name: 'bare', node: 'a', controller: '' });
  const scratch = somePod({ name: 'scratch', node: 'a', spec: { volumes: [{ name: 'tmp', emptyDir: {} }] } });
  const objects = [bare, { ...scratch, spec: { ...(scratch['spec'] as object), nodeName: 'a' } }];
  const one = await fixture(objects, { drain: { force: true, deleteEmptyDirData: true } });
  expect(await one.around(done)).toEqual(done);
  expect(one.pods()).toEqual([]);
  const short = await fixture([web, guard], { pace: 60, drain: { timeoutSeconds: 120 } });
  expect(await short.around(never)).toMatchObject({ code: 'DRAIN_TIMED_OUT', params: { seconds: 120 } });
});

const guard = someBudget({ name: 'guard', spec: { minAvailable: 1 }, selector: { matchLabels: { app: 'web-1' } } });

test('a drain that its time does not suffice for is told, and the node is back', async () => {
  const one = await fixture([web, guard], { pace: 60 });
  expect(await one.around(never)).toMatchObject({
    ending: 'timed-out',
    left: 'as-before',
    step: 'drain',
    code: 'DRAIN_TIMED_OUT',
    params: {
      node: 'a',
      seconds: 900,
      what: expect.stringMatching(/^shop\/web-1: The disruption budget guard needs/u),
    },
  });
  expect(isInService(one.node())).toBe(true);
});

test('Ctrl-C in the middle of a drain: the node is back, and nothing was changed', async () => {
  const one = await fixture([web, guard], { timing: (abort) => (passed) => passed > 3_000 && abort.abort() });
  expect(await one.around(never)).toEqual({ node: 'a', ending: 'interrupted', left: 'as-before', step: 'drain' });
  expect(isInService(one.node())).toBe(true);
});

test('another process of the run goes on from the marks, however the first one died, and asks nothing again', async () => {
  const first = await fixture([web]);
  const killed = first.around(() => new Promise<NodeOutcome>(() => undefined));
  await expect.poll(first.steps, { timeout: 10_000 }).toEqual(['preflight done', 'drain done']);
  void killed;
  const second = await withSession(first);
  // It would be refused, if it were asked: the node's own cordon is in the way of what is on it by now.
  first.store.create(kinds.Pod, somePod({ name: 'late', node: 'a', cpu: '5' }) as unknown as KubeObject);
  expect(await second.around(done)).toEqual(done);
  expect(await second.steps()).toEqual(['preflight already', 'drain done', 'return done']);
  expect([second.pods(), isInService(second.node())]).toEqual([[], true]);
});

test('what is finished, or only restored, is not drained again, and its marks come off', async () => {
  const first = await fixture([web]);
  void first.around(() => new Promise<NodeOutcome>(() => undefined));
  await expect.poll(first.steps, { timeout: 10_000 }).toEqual(['preflight done', 'drain done']);
  const second = await withSession(first);
  expect(await second.around(done, false)).toEqual(done);
  expect(await second.steps()).toEqual(['return done']);
  expect(isInService(second.node())).toBe(true);
});

test('a node in the hands of another run is refused by its name, and its marks stay', async () => {
  const first = await fixture([web]);
  void first.around(() => new Promise<NodeOutcome>(() => undefined));
  await expect.poll(first.steps, { timeout: 10_000 }).toEqual(['preflight done', 'drain done']);
  const other = await withSession(first, { run: '20261130-1300-kernel-memory-0002' });
  expect(await other.around(never)).toMatchObject({ code: 'NODE_OUT_OF_SERVICE', params: { node: 'a', run } });
  expect(isInService(other.node())).toBe(false);
  first.store.replace(kinds.Node, {
    ...first.node(),
    metadata: { ...first.node().metadata, annotations: { [marksAnnotation]: 'x' } },
  });
  expect(await other.around(never)).toMatchObject({ code: 'NODE_MARKS_UNREADABLE', params: { node: 'a' } });
});

/** The node as somebody changes it while its pods go. */
async function meddled(meddle: (one: Fixture) => void): Promise<Fixture> {
  let isDone = false;
  const one: Fixture = await fixture([web], {
    timing: () => () => {
      if (!isDone) meddle(one);
      isDone = true;
    },
  });
  return one;
}

test('a node that somebody puts back into service while it is drained is not changed under its pods', async () => {
  const one = await meddled(({ store, node }) => {
    const { spec, ...rest } = node();
    store.replace(kinds.Node, { ...rest, spec: { ...(spec as object), unschedulable: false } });
  });
  expect(await one.around(never)).toMatchObject({
    ending: 'failed',
    left: 'as-before',
    step: 'drain',
    code: 'NODE_PUT_BACK_BY_OTHERS',
    params: { node: 'a' },
  });
  expect(isInService(one.node())).toBe(true);
});

test('a Node object that somebody else writes each time is told, and the node not changed', async () => {
  const one = await fixture([web], {
    api: (api) => ({
      ...api,
      patch: async (path) => {
        throw new NodemendError('API_CONFLICT', { path, message: 'the object has been modified' });
      },
    }),
  });
  expect(await one.around(never)).toMatchObject({ code: 'NODE_OBJECT_CONTENDED', params: { node: 'a' } });
});

test('workloads with fewer pods than before are named, and the node is in service nevertheless', async () => {
  const replicaSet = (availableReplicas: number): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { replicas: 2 },
    status: { availableReplicas },
  });
  const one = await fixture([web, replicaSet(2) as unknown as JsonObject]);
  const outcome = await one.around(async () => {
    one.store.replace(kinds.ReplicaSet, replicaSet(1));
    return done;
  });
  expect(outcome).toMatchObject({
    ending: 'failed',
    left: 'changed',
    code: 'WORKLOADS_NOT_BACK',
    params: { node: 'a', workloads: 'shop/ReplicaSet/web' },
  });
  expect(isInService(one.node())).toBe(true);
});

test('a node that is scaled in while it is drained is told, and not connected to', async () => {
  const one = await meddled(({ store }) => store.remove(kinds.Node, '', 'a'));
  expect(await one.around(never)).toMatchObject({
    ending: 'refused',
    code: 'PLAN_STALE',
    params: { what: 'a: node-gone' },
  });
});

test('a node that was replaced under its name, or is gone, is told', async () => {
  const one = await fixture([]);
  const other = (uid: string): Promise<NodeOutcome> =>
    new OutOfService(one.session, one.client('admin'), { node: { name: 'a', uid }, inHand: new Set() }).around(
      true,
      never,
    );
  expect(await other('uid-old')).toMatchObject({ code: 'PLAN_STALE', params: { what: 'a: node-uid' } });
  one.store.remove(kinds.Node, '', 'a');
  expect(await other('uid-a')).toMatchObject({ code: 'PLAN_STALE', params: { what: 'a: node-gone' } });
});
