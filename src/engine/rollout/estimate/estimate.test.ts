import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import { serveFake } from '../../../../lab/api/testing/serve-fake.ts';
import { fileAction } from '../../../../test/chroot/file-fixture.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import type { JournalNote } from '../../journal/entry.ts';
import { journalStore, type JournalStore } from '../../journal/journal-store.ts';
import type { Plan } from '../../plan.ts';
import { defaultRunOptions, type RunOptions } from '../../run.ts';
import { someBudget, someNode, somePod } from '../preflight/testing/some-cluster.ts';
import { medianOf, rebootSeconds } from './boot-time.ts';
import { estimateRun, type RunEstimate } from './estimate-run.ts';

function emptyJournal(): JournalStore {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-estimate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return journalStore(folder);
}

const names = ['a', 'b', 'c'];

function planOf(disrupts: 'reboot' | 'none'): Plan {
  const action = (node: string): Plan['actions'][number] => ({
    ...fileAction({ node, id: `file:${node}` }),
    ...(disrupts === 'reboot' ? { disrupts } : {}),
  });
  return {
    schema: 'nodemend.dev/plan/v1',
    hash: '',
    madeAt: '2026-11-30T09:30:00Z',
    target: { kind: 'cluster', uid: 'u', context: 'lab', server: 'https://lab' },
    nodes: names.map((name) => ({ name, uid: `uid-${name}`, machineId: name, bootId: name })),
    problems: ['reboot'],
    actions: names.map(action),
    refused: [],
  };
}

async function estimate(
  objects: readonly JsonObject[],
  plan: Plan,
  options: Partial<RunOptions> = {},
): Promise<RunEstimate> {
  const cluster = [...names.map((name) => someNode({ name })), ...objects] as unknown as readonly KubeObject[];
  const { client } = await serveFake(cluster);
  return estimateRun(
    {
      api: client('admin'),
      targets: [],
      journal: emptyJournal(),
      options: { ...defaultRunOptions, owner: 'kim@laptop', ...options },
      signal: new AbortController().signal,
    },
    plan,
  );
}

/** Of the pods on node a: one with a minute to end, three of a budget that lets one go at a time, one that stays. */
const pods = [
  somePod({ name: 'slow', node: 'a', spec: { terminationGracePeriodSeconds: 60 } }),
  ...[1, 2, 3].map((number) =>
    somePod({ name: `db-${number}`, node: 'a', labels: { app: 'db' }, spec: { terminationGracePeriodSeconds: 40 } }),
  ),
  somePod({ name: 'static', node: 'a', metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } }),
  somePod({ name: 'web', node: 'b' }),
];
const budget = someBudget({ name: 'db', selector: { matchLabels: { app: 'db' } } });

test('one node after the other, each with its drain by the grace periods, its boot, and a soak behind it', async () => {
  const { batches, boot, totalSeconds } = await estimate([...pods, budget], planOf('reboot'), { soakSeconds: 10 });

  expect(batches).toEqual([
    [{ node: 'a', reboots: true, drain: { pods: 4, seconds: 120, slow: ['shop/db'] }, seconds: 302 }],
    [{ node: 'b', reboots: true, drain: { pods: 1, seconds: 30, slow: [] }, seconds: 212 }],
    [{ node: 'c', reboots: true, drain: { pods: 0, seconds: 0, slow: [] }, seconds: 182 }],
  ]);
  expect(boot).toEqual({ seconds: 180, measured: 0 });
  expect(totalSeconds).toBe(302 + 212 + 182 + 3 * 10);
});

test('a drain is never estimated longer than it is given, and --grace-period counts for all pods', async () => {
  const drain = { ...defaultRunOptions.drain, gracePeriodSeconds: 5, timeoutSeconds: 12 };
  const [[first] = []] = (await estimate([...pods, budget], planOf('reboot'), { drain })).batches;
  expect(first?.drain).toEqual({ pods: 4, seconds: 12, slow: ['shop/db'] });
});

test('what reboots nothing drains nothing, and goes in its own batches', async () => {
  const { batches, totalSeconds } = await estimate(pods, planOf('none'), { soakSeconds: 10 });
  expect(batches.map((batch) => batch.map(({ node, seconds, drain }) => [node, seconds, drain]))).toEqual([
    [['a', 2, undefined]],
    [['b', 2, undefined]],
    [['c', 2, undefined]],
  ]);
  expect(totalSeconds).toBe(3 * 2 + 2 * 10);
});

test('a cluster in which the run would not begin has no estimate', async () => {
  const sick = someNode({ name: 'sick', ready: 'False' });
  await expect(estimate([sick], planOf('reboot'))).rejects.toMatchObject({ code: 'CLUSTER_UNHEALTHY' });
});

test('nor has one a plan that would be refused for its nodes', async () => {
  const plan = planOf('reboot');
  const [a = plan.nodes[0]!, ...others] = plan.nodes;
  const master = { name: 'master', labels: { 'node-role.kubernetes.io/control-plane': '' } };
  const named = { ...plan, nodes: [{ ...a, name: master.name }, ...others] };
  await expect(estimate([someNode(master)], named)).rejects.toMatchObject({ code: 'CONTROL_PLANE_NOT_NAMED' });
});

test('boots are measured from the request until the node answered, where it came back', async () => {
  const journal = emptyJournal();
  const run = '20261130-0930-reboot-7f3a';
  const written = await journal.open(run, 's1');
  const step = { node: 'a', action: 'reboot:a' } as const;
  const notes: readonly JournalNote[] = [
    { entry: 'before', ...step, step: 'record' },
    { entry: 'before', ...step, step: 'reboot' },
    { entry: 'after', ...step, step: 'reboot', outcome: 'done', detail: '' },
    { entry: 'before', ...step, step: 'return' },
    { entry: 'after', ...step, step: 'return', outcome: 'done', detail: '' },
  ];
  for (const note of notes) await written.write(note);
  await written.close();
  const text = await journal.read(run);
  const entries = text?.entries ?? [];
  const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 30) + seconds * 1000).toISOString();
  const timed = entries.map((entry, index) => ({ ...entry, at: at(index * 20) }));

  expect(rebootSeconds(timed)).toEqual([60]);
  expect(rebootSeconds(timed.slice(0, -1))).toEqual([]);
  expect(
    rebootSeconds(timed.map((entry) => (entry.entry === 'after' ? { ...entry, outcome: 'failed' } : entry))),
  ).toEqual([]);
  expect(medianOf([61, 300, 59])).toEqual({ seconds: 61, measured: 3 });
});
