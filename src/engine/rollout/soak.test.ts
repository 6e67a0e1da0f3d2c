import { expect, it } from 'vitest';
import { FakeCluster } from '../../../test/chroot/fake-cluster.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { steppedTiming } from '../../kubernetes/testing/fake-leases.ts';
import { defaultRunOptions, type RunEvent } from '../run.ts';
import { readClusterNodes } from './cluster-nodes.ts';
import type { WatchedNodes } from './health.ts';
import { Progress } from './progress.ts';
import type { RunDependencies } from './run-request.ts';
import type { RunSession } from './session.ts';
import { soak } from './soak.ts';

const away = new NodemendError('API_REFUSED', { server: 'https://10.0.0.1:6443' });

/** A server that fails for `awayMs` of the test's clock, from when it is first asked. */
async function watched(awayMs: number, failure: Error = away, asked: Partial<WatchedNodes> = {}) {
  const clock = steppedTiming();
  const cluster = new FakeCluster(['worker-1']);
  const events: RunEvent[] = [];
  let from: number | undefined;
  const list = async (...args: Parameters<KubernetesApi['list']>): Promise<unknown> => {
    from ??= clock.nowMs();
    if (clock.nowMs() - from < awayMs) throw failure;
    return cluster.api.list(...args);
  };
  const before = await readClusterNodes(cluster.api, new AbortController().signal);
  const dependencies = {
    api: { ...cluster.api, list },
    timing: clock.timing,
    options: { ...defaultRunOptions, owner: 'kim' },
    signal: new AbortController().signal,
    onEvent: (event: RunEvent) => events.push(event),
  } as unknown as RunDependencies;
  return {
    clock,
    cluster,
    events,
    end: clock.run(
      soak(dependencies, before, {
        changed: new Set(['worker-1']),
        disturbed: new Set(),
        reporting: new Set(),
        ...asked,
      }).then(
        (gone) => (gone.length === 0 ? 'over' : gone),
        (error: unknown) => error,
      ),
    ),
  };
}

it('waits for a server that is away for a while, says so once, and then looks', async () => {
  const { events, end } = await watched(60_000);
  expect(await end).toBe('over');
  expect(events).toEqual([{ event: 'api-away', seconds: 120, code: 'API_REFUSED', params: away.params }]);
});

it('a node that fell meanwhile is seen', async () => {
  const { cluster, end } = await watched(60_000);
  cluster.notReady.add('worker-1');
  expect(await end).toMatchObject({ code: 'NODES_FELL', params: { nodes: 'worker-1' } });
});

it('waits two minutes and no longer', async () => {
  const { clock, end } = await watched(Infinity);
  expect(await end).toBe(away);
  expect(clock.nowMs()).toBeGreaterThanOrEqual(120_000);
  expect(clock.nowMs()).toBeLessThan(130_000);
});

it('does not wait for what no waiting heals', async () => {
  const unauthorized = new NodemendError('API_UNAUTHORIZED', { server: 's', user: 'u' });
  const { clock, events, end } = await watched(Infinity, unauthorized);
  expect(await end).toBe(unauthorized);
  expect(events).toEqual([]);
  expect(clock.nowMs()).toBeLessThan(10_000);
});

it('a node on which something was restarted has time to become ready again', async () => {
  const { clock, cluster, end } = await watched(0, away, { disturbed: new Set(['worker-1']) });
  cluster.notReady.add('worker-1');
  void clock.timing.sleep(60_000, new AbortController().signal).then(() => cluster.notReady.clear());
  expect(await end).toBe('over');
  expect(clock.nowMs()).toBeGreaterThanOrEqual(60_000);
  expect(clock.nowMs()).toBeLessThan(180_000);
});

it('but not for ever', async () => {
  const { clock, cluster, end } = await watched(0, away, { disturbed: new Set(['worker-1']) });
  cluster.notReady.add('worker-1');
  expect(await end).toMatchObject({ code: 'NODES_FELL', params: { nodes: 'worker-1' } });
  expect(clock.nowMs()).toBeGreaterThanOrEqual(180_000);
});

it('a node that was scaled in, or replaced under its name, is told, and not waited for', async () => {
  const asked = { disturbed: new Set(['worker-1']), reporting: new Set(['worker-1']) };
  const deleted = await watched(0, away, asked);
  deleted.cluster.uids.delete('worker-1');
  expect(await deleted.end).toEqual([{ node: 'worker-1', replaced: false }]);
  const replaced = await watched(0, away, asked);
  replaced.cluster.uids.set('worker-1', 'uid-of-another');
  replaced.cluster.notReady.add('worker-1');
  expect(await replaced.end).toEqual([{ node: 'worker-1', replaced: true }]);
  for (const { clock } of [deleted, replaced]) expect(clock.nowMs()).toBeLessThan(10_000);
});

it('and is told once, while the others go on being watched', async () => {
  const events: RunEvent[] = [];
  const session = {
    emit: (event: RunEvent) => events.push(event),
    journal: { write: async () => undefined },
    signal: new AbortController().signal,
    options: { ...defaultRunOptions, owner: 'kim' },
  } as unknown as RunSession;
  const work = { machineId: '', actions: [], how: 'fresh', touched: false } as const;
  const asked: (readonly string[])[] = [];
  const progress = new Progress(session, {
    nodes: [],
    batches: [],
    work: new Map(['a', 'b'].map((node) => [node, { ...work, node }])),
    unasked: ['a', 'b'].map((node) => ({ node, ending: 'done', left: 'changed' })),
    soak: async ({ changed }) => {
      asked.push([...changed]);
      return changed.has('a') ? [{ node: 'a', replaced: false }] : [];
    },
  });
  await progress.recordUnasked();
  await progress.watch();
  await progress.watch();
  expect(asked).toEqual([['a', 'b'], ['b']]);
  expect(events.filter(({ event }) => event === 'node-departed')).toEqual([
    { event: 'node-departed', node: 'a', replaced: false },
  ]);
  expect(progress.stopped()).toBe(false);
});

it('what the old kubelet said of a node does not count once it was restarted', async () => {
  const asked = { disturbed: new Set(['worker-1']), reporting: new Set(['worker-1']) };
  const { clock, end } = await watched(0, away, asked);
  expect(await end).toMatchObject({ code: 'NODES_FELL' });
  expect(clock.nowMs()).toBeGreaterThanOrEqual(180_000);

  const reported = await watched(0, away, asked);
  reported.cluster.heartbeats.set('worker-1', '2026-11-24T09:31:07Z');
  expect(await reported.end).toBe('over');
});
