import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import { serveFake } from '../../../../lab/api/testing/serve-fake.ts';
import type { ActionSpec } from '../../../actions/action-kinds.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import type { Plan } from '../../plan.ts';
import { defaultRunOptions, type RunOptions } from '../../run.ts';
import { planDrains, type PlannedDrains } from './plan-drains.ts';
import { someBudget, someNode, somePod } from './testing/some-cluster.ts';

const zone = (name: string): JsonObject => ({ 'topology.kubernetes.io/zone': name });

function planOf(...nodes: readonly string[]): Plan {
  const actions = nodes.map((node): ActionSpec => ({
    kind: 'reboot',
    id: `reboot:${node}`,
    problem: 'kernel-memory',
    node,
    cures: [],
    why: { key: 'plan.rule', params: {} },
    disrupts: 'reboot',
    bootId: 'b',
    inForce: [],
    withinSeconds: 600,
  }));
  const named = nodes.map((name) => ({ name, machineId: '', bootId: 'b' }));
  return { actions, nodes: named } as unknown as Plan;
}

async function drains(
  objects: readonly JsonObject[],
  plan: Plan,
  options: Partial<RunOptions> = {},
): Promise<PlannedDrains | undefined> {
  const served = await serveFake(objects as unknown as readonly KubeObject[]);
  const all = { ...defaultRunOptions, owner: 'kim', ...options };
  return planDrains(plan, { api: served.client('admin'), options: all, signal: new AbortController().signal });
}

const three = ['a', 'b', 'c'].map((name) => someNode({ name, labels: zone(name === 'c' ? 'two' : 'one') }));

test('what would go, what stays, what is in the way, what is lost and who notices', async () => {
  const scratch = { nodeName: 'b', volumes: [{ name: 'tmp', emptyDir: {} }] };
  const found = await drains(
    [
      ...three,
      somePod({ name: 'web-1', node: 'a', controller: 'ReplicaSet/web' }),
      somePod({ name: 'web-2', node: 'b', controller: 'ReplicaSet/web' }),
      somePod({ name: 'alone', node: 'a', controller: 'StatefulSet/alone' }),
      somePod({ name: 'scratch', node: 'b', controller: 'ReplicaSet/scratch', spec: scratch }),
      somePod({ name: 'guarded', node: 'a', controller: 'ReplicaSet/guarded' }),
      someBudget({ name: 'one', selector: { matchLabels: { app: 'guarded' } } }),
      someBudget({ name: 'two', selector: { matchLabels: { app: 'guarded' } } }),
    ],
    planOf('a', 'b'),
    { drain: { ...defaultRunOptions.drain, deleteEmptyDirData: true } },
  );
  expect(found).toEqual({
    known: true,
    batches: [['a'], ['b']],
    longestMs: (1 + 3 + 15 + 10 + 10) * 60_000 + 3000,
    evicted: 5,
    staying: 0,
    blocked: [{ key: 'drain.two-budgets', params: { pod: 'shop/guarded', budgets: 'one, two' } }],
    uncertain: [],
    accepted: [],
    lost: ['shop/scratch'],
    single: ['shop/StatefulSet/alone', 'shop/ReplicaSet/scratch'],
    slow: [],
  });
});

test('nodes of one batch are looked at together: what fits after one does not fit after two', async () => {
  const big = (name: string, node: string): JsonObject =>
    somePod({ name, node, cpu: '3', controller: `ReplicaSet/${name}` });
  const objects = [...three, big('x', 'a'), big('y', 'b')];
  expect(await drains(objects, planOf('a', 'b'))).toMatchObject({ batches: [['a'], ['b']], blocked: [] });
  const together = { batches: [{ nodes: 2 }], maxUnavailable: { nodes: 2 } };
  expect(await drains(objects, planOf('a', 'b'), together)).toMatchObject({
    batches: [['a', 'b']],
    blocked: [
      {
        key: 'drain.no-place',
        params: { pod: 'shop/y', obstacles: [{ key: 'obstacle.no-room', params: { number: 1 } }] },
      },
    ],
  });
});

test('batches keep within a zone where that was asked for, and the control plane comes last, one by one', async () => {
  const masters = ['cp-1', 'cp-2'].map((name) =>
    someNode({ name, labels: { 'node-role.kubernetes.io/control-plane': '' } }),
  );
  const two = { batches: [{ nodes: 2 }], maxUnavailable: { nodes: 2 } };
  const plan = planOf('a', 'b', 'c', 'cp-1', 'cp-2');
  expect(await drains([...three, ...masters], plan, { ...two, within: 'zone' })).toMatchObject({
    batches: [['a', 'b'], ['c'], ['cp-1'], ['cp-2']],
    blocked: [
      { key: 'drain.etcd', params: { nodes: 'cp-1', why: [{ key: 'etcd.unseen' }] } },
      { key: 'drain.etcd', params: { nodes: 'cp-2' } },
    ],
  });
});

test('a doubt is told as long as nobody accepted it by name', async () => {
  const odd = somePod({ name: 'odd-1', node: 'a', spec: { nodeName: 'a', schedulerName: 'volcano' } });
  const line = { key: 'drain.place-undecided', params: { pod: 'shop/odd-1', detail: 'schedulerName volcano' } };
  expect(await drains([...three, odd], planOf('a'))).toMatchObject({ uncertain: [line], accepted: [] });
  const accepting = (pods: string): Partial<RunOptions> => ({
    drain: { ...defaultRunOptions.drain, acceptUncertain: [pods] },
  });
  for (const named of ['shop/odd-1', 'shop/odd-*', 'shop/*'])
    expect(await drains([...three, odd], planOf('a'), accepting(named))).toMatchObject({
      uncertain: [],
      accepted: [line],
    });
  for (const other of ['shop/odd', 'other/*', 'shop/odd-1x'])
    expect(await drains([...three, odd], planOf('a'), accepting(other))).toMatchObject({ uncertain: [line] });
});

test('nothing is asked for what reboots nothing; what may not be read is unknown', async () => {
  const served = await serveFake([], []);
  const options = { ...defaultRunOptions, owner: 'kim' };
  const asked = { api: served.client('reader'), options, signal: new AbortController().signal };
  expect(await planDrains(planOf(), asked)).toBeUndefined();
  expect(await planDrains(planOf('a'), { ...asked, api: undefined })).toBeUndefined();
  expect(await planDrains(planOf('a'), asked)).toMatchObject({ known: false });
});
