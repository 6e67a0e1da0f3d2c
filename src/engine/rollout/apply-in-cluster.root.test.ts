import { afterEach, expect, it } from 'vitest';
import { FakeCluster } from '../../../test/chroot/fake-cluster.ts';
import { planFor, RolloutFixture } from '../../../test/chroot/rollout-fixture.ts';
import { planHash } from '../plan-hash.ts';
import type { Plan } from '../plan.ts';
import { resumeRun } from '../resume.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';

const three = ['worker-1', 'worker-2', 'worker-3'];
const allOld = three.map((name) => `${name} old`);
const allNew = three.map((name) => `${name} new`);

const fixtures: RolloutFixture[] = [];
afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove();
});

function makeFixture(): { readonly fixture: RolloutFixture; readonly cluster: FakeCluster; readonly plan: Plan } {
  const fixture = new RolloutFixture(three);
  fixtures.push(fixture);
  const hosts = planFor(fixture.nodes);
  const unsealed: Plan = {
    ...hosts,
    target: { kind: 'cluster', uid: 'cluster-1', context: 'prod', server: 'https://10.0.0.1:6443' },
    nodes: hosts.nodes.map((node) => ({ ...node, uid: `uid-${node.name}` })),
  };
  return { fixture, cluster: new FakeCluster(three), plan: { ...unsealed, hash: planHash(unsealed) } };
}

it('holds the lease while it works, and lets it go', async () => {
  const { fixture, cluster, plan } = makeFixture();
  const holders = new Set<string>();
  const dependencies = fixture.dependencies({
    api: cluster.api,
    onEvent: (event) => {
      if (event.event === 'step') holders.add(cluster.holder());
    },
  });
  const result = await applyPlan({ ...dependencies, plan });
  expect(result.verdict).toBe('done');
  expect([...holders]).toEqual([result.run]);
  expect(cluster.holder()).toBe('');
});

it('refuses while another run has the lease, and touches nothing', async () => {
  const { fixture, cluster, plan } = makeFixture();
  let second: unknown;
  const dependencies = fixture.dependencies({
    api: cluster.api,
    transport: fixture.transport(async (connection) => {
      second ??= await applyPlan({ ...fixture.dependencies({ api: cluster.api }), plan }).catch(
        (error: unknown) => error,
      );
      return connection;
    }),
  });
  const first = await applyPlan({ ...dependencies, plan });
  expect(second).toMatchObject({ code: 'LEASE_HELD', params: { holder: first.run } });
  expect(fixture.state()).toEqual(allNew);
});

it('goes on with the lease of its own run that died, at once', async () => {
  const { fixture, cluster, plan } = makeFixture();
  const controller = new AbortController();
  const dependencies = fixture.dependencies({
    api: cluster.api,
    signal: controller.signal,
    onEvent: (event) => {
      if (event.event === 'node-ended') controller.abort();
    },
  });
  const { run } = await applyPlan({ ...dependencies, plan });
  expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old', 'worker-3 old']);
  expect(await resumeRun({ ...fixture.dependencies({ api: cluster.api }), run })).toMatchObject({ verdict: 'done' });
  expect(await undoRun({ ...fixture.dependencies({ api: cluster.api }), run })).toMatchObject({ verdict: 'done' });
  expect(fixture.state()).toEqual(allOld);
  expect(cluster.holder()).toBe('');
});

it('refuses another cluster, a replaced node, and a node that is gone; the lease is free again', async () => {
  const { fixture, cluster, plan } = makeFixture();
  const apply = (): Promise<unknown> => applyPlan({ ...fixture.dependencies({ api: cluster.api }), plan });
  cluster.uid = 'cluster-2';
  await expect(apply()).rejects.toMatchObject({
    code: 'PLAN_STALE',
    params: { what: 'cluster cluster-1 → cluster-2' },
  });
  cluster.uid = 'cluster-1';
  cluster.uids.set('worker-2', 'uid-new');
  await expect(apply()).rejects.toMatchObject({
    code: 'PLAN_STALE',
    params: { what: 'worker-2: node-uid uid-worker-2 → uid-new' },
  });
  cluster.uids.delete('worker-2');
  await expect(apply()).rejects.toMatchObject({
    code: 'PLAN_STALE',
    params: { what: 'worker-2: node-gone uid-worker-2 → -' },
  });
  expect(cluster.holder()).toBe('');
  expect(fixture.state()).toEqual(allOld);
  expect(await fixture.journal().runs()).toEqual([]);
});

it('refuses a control plane that was not named, a plan of a cluster without its API, and one of hosts with it', async () => {
  const { fixture, cluster, plan } = makeFixture();
  cluster.controlPlane.add('worker-3');
  await expect(applyPlan({ ...fixture.dependencies({ api: cluster.api }), plan })).rejects.toMatchObject({
    code: 'CONTROL_PLANE_NOT_NAMED',
  });
  await expect(applyPlan({ ...fixture.dependencies(), plan })).rejects.toMatchObject({ code: 'PLAN_NEEDS_API' });
  // Made by whoever would rather have the control plane's guards left out.
  const ofHosts = planFor(fixture.nodes);
  await expect(applyPlan({ ...fixture.dependencies({ api: cluster.api }), plan: ofHosts })).rejects.toMatchObject({
    code: 'PLAN_OF_HOSTS',
  });
  expect(fixture.state()).toEqual(allOld);
  expect(
    await applyPlan({ ...fixture.dependencies({ api: cluster.api, options: { named: ['worker-3'] } }), plan }),
  ).toMatchObject({ verdict: 'done' });
});

it('counts nodes that are out of order already', async () => {
  const { fixture, cluster, plan } = makeFixture();
  cluster.notReady.add('worker-3');
  const limited = { api: cluster.api, options: { maxUnavailable: { nodes: 1 } } };
  await expect(applyPlan({ ...fixture.dependencies(limited), plan })).rejects.toMatchObject({
    code: 'CLUSTER_UNHEALTHY',
  });
  // A file that disrupts nothing may be changed anyway, also on the node that is not ready.
  expect(await applyPlan({ ...fixture.dependencies({ api: cluster.api }), plan })).toMatchObject({ verdict: 'done' });
});

it('stops when a node that it changed is no longer ready after the soak', async () => {
  const { fixture, cluster, plan } = makeFixture();
  const dependencies = fixture.dependencies({
    api: cluster.api,
    onEvent: (event) => {
      if (event.event === 'soak') cluster.notReady.add('worker-1');
    },
  });
  const result = await applyPlan({ ...dependencies, plan });
  expect(result).toMatchObject({
    verdict: 'partly',
    exitCode: 6,
    stopped: { why: 'error', code: 'NODES_FELL', params: { nodes: 'worker-1' } },
  });
  expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old', 'worker-3 old']);
});

it('takes a change back when the lease is lost before it takes force', async () => {
  const { fixture, cluster, plan } = makeFixture();
  let clock = 0;
  const timing = {
    now: () => Date.now(),
    monotonicMs: () => clock,
    // Renewals sleep for ever here; a soak is over at once.
    sleep: (ms: number, signal?: AbortSignal) =>
      ms === 0
        ? Promise.resolve()
        : new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped')))),
    sinceBootMs: () => clock,
    random: () => 0,
  };
  const dependencies = fixture.dependencies({
    api: cluster.api,
    timing,
    onEvent: (event) => {
      // As a laptop that slept: on waking, the lease is long overdue.
      if (event.event === 'step' && event.step === 'validate' && event.node === 'worker-2') clock = 3_600_000;
    },
  });
  const result = await applyPlan({ ...dependencies, plan });
  expect(result).toMatchObject({
    verdict: 'partly',
    nodes: [
      { ending: 'done', left: 'changed' },
      { ending: 'failed', left: 'as-before', code: 'LEASE_LOST' },
      { ending: 'not-started' },
    ],
  });
  expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old', 'worker-3 old']);
});

it('refuses an empty plan, and one that is not what its hash says', async () => {
  const { fixture, cluster, plan } = makeFixture();
  const empty = { ...plan, actions: [] };
  await expect(
    applyPlan({ ...fixture.dependencies({ api: cluster.api }), plan: { ...empty, hash: planHash(empty) } }),
  ).rejects.toMatchObject({ code: 'PLAN_EMPTY' });
  await expect(
    applyPlan({ ...fixture.dependencies({ api: cluster.api }), plan: { ...plan, problems: ['other'] } }),
  ).rejects.toMatchObject({ code: 'PLAN_TAMPERED' });
});

it('resumes with the plan of the run and no other', async () => {
  const { fixture, cluster, plan } = makeFixture();
  const controller = new AbortController();
  const dependencies = fixture.dependencies({
    api: cluster.api,
    signal: controller.signal,
    onEvent: (event) => void (event.event === 'batch' && controller.abort()),
  });
  const { run } = await applyPlan({ ...dependencies, plan });
  const other = { ...plan, problems: ['other'] };
  const wrong = { plan: { ...other, hash: planHash(other) }, file: 'other.json' };
  await expect(resumeRun({ ...fixture.dependencies({ api: cluster.api }), run, plan: wrong })).rejects.toMatchObject({
    code: 'RUN_PLAN_MISMATCH',
  });
});
