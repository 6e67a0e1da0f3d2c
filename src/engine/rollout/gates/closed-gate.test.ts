import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import { serveFake } from '../../../../lab/api/testing/serve-fake.ts';
import { fileState } from '../../../../test/chroot/file-fixture.ts';
import { testProblem } from '../../../../test/chroot/test-problem.ts';
import { MemoryJournals } from '../../../../test/model/memory-journal.ts';
import { MemoryNode } from '../../../../test/model/memory-node.ts';
import { alertsAnswer, serveFakePrometheus, type FakeAlert } from '../../../prometheus/testing/fake-prometheus.ts';
import type { ActionSpec } from '../../../actions/action-kinds.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import { planHash } from '../../plan-hash.ts';
import { planSchema, type Plan } from '../../plan.ts';
import { resumeRun } from '../../resume.ts';
import { runSummary } from '../../run-journal.ts';
import { defaultRunOptions, type RunEvent, type RunOptions, type RunResult } from '../../run.ts';
import { applyPlan } from '../apply-plan.ts';
import { fastTiming } from '../drain/testing/fast-timing.ts';
import type { NodeWork } from '../node-work.ts';
import { someNode, somePod } from '../preflight/testing/some-cluster.ts';
import type { RunDependencies } from '../run-request.ts';
import type { RunSession } from '../session.ts';
import { closedGate } from './closed-gate.ts';
import { defaultGateOptions } from './gate-options.ts';

const path = '/etc/logrotate.d/docker';

/** Three nodes in memory, one batch each; begun at 12:00 UTC. */
function fixture(options: Partial<RunOptions>, onSleep: (passed: number) => void = () => undefined) {
  const nodes = ['a', 'b', 'c'].map((name) => new MemoryNode(name));
  for (const node of nodes) node.files.set(path, 'before\n');
  const journals = new MemoryJournals();
  const journal = journals.store(async () => undefined);
  const events: RunEvent[] = [];
  const dependencies: RunDependencies = {
    transport: {
      kind: 'local',
      connect: async ({ name }) => nodes.find((node) => node.name === name)!.connect(() => undefined),
      close: async () => {},
    },
    targets: nodes.map(({ name }) => ({ name, address: '127.0.0.1', port: 22, user: 'root', identityFiles: [] })),
    journal,
    problems: [testProblem],
    options: { ...defaultRunOptions, owner: 'kim@laptop', batches: [{ nodes: 1 }], soakSeconds: 60, ...options },
    onEvent: (event) => events.push(event),
    signal: new AbortController().signal,
    timing: fastTiming(onSleep),
  };
  const changed = (): readonly string[] =>
    nodes.filter(({ files }) => files.get(path) === 'rotate 5\n').map(({ name }) => name);
  return { dependencies, events, journal, journals, changed, plan: planFor(nodes) };
}

function planFor(nodes: readonly MemoryNode[]): Plan {
  const unsealed = {
    schema: planSchema,
    madeAt: '2026-11-30T11:00:00Z',
    target: { kind: 'hosts' },
    nodes: nodes.map(({ name, machineId }) => ({ name, machineId, bootId: '' })),
    problems: ['container-logs'],
    actions: nodes.map(({ name }) => ({
      kind: 'file',
      id: `file:${name}:${path}`,
      problem: 'container-logs',
      node: name,
      cures: ['0123456789ab'],
      why: { key: 'plan.rule', params: {} },
      path,
      from: fileState('before\n'),
      to: fileState('rotate 5\n'),
      validate: [],
      verify: [{ check: 'container-logs/placed', args: [path] }],
    })),
    refused: [],
  } as const satisfies Omit<Plan, 'hash'>;
  return { ...unsealed, hash: planHash(unsealed) };
}

function inWindow(window: string): Pick<RunOptions, 'gates'> {
  return { gates: { ...defaultGateOptions, window } };
}

const summary = ({ verdict, exitCode, stopped, locked }: RunResult): object => ({ verdict, exitCode, stopped, locked });

test('a run that reaches the end of its window begins no node that could not finish, and is resumed in the next', async () => {
  // A node takes two minutes at most, its soak included; the soak of the first batch takes one.
  const one = fixture(inWindow('12:00-12:03 UTC'));
  const result = await applyPlan({ ...one.dependencies, plan: one.plan });
  expect(summary(result)).toEqual({
    verdict: 'partly',
    exitCode: 6,
    stopped: { why: 'gate', code: 'WINDOW_CLOSED', params: { opensAt: '2026-12-01T12:00:00.000Z', minutes: 2 } },
    locked: [],
  });
  expect(result.nodes.map(({ node, ending, left }) => [node, ending, left])).toEqual([
    ['a', 'done', 'changed'],
    ['b', 'done', 'changed'],
    ['c', 'not-started', 'as-before'],
  ]);
  expect(runSummary((await one.journal.read(result.run))!)).toMatchObject({ state: 'interrupted', verdict: 'partly' });
  // Whoever resumes, the window of the run holds; what was begun before is looked at anyway.
  const later = { ...one.dependencies, options: { ...defaultRunOptions, owner: 'lee' }, run: result.run };
  expect(await resumeRun({ ...later, timing: at('13:00') })).toMatchObject({ stopped: { code: 'WINDOW_CLOSED' } });
  expect(one.changed()).toEqual(['a', 'b']);
  expect(await resumeRun({ ...later, timing: at('12:00') })).toMatchObject({ verdict: 'done' });
  expect(one.changed()).toEqual(['a', 'b', 'c']);
});

function at(time: string): ReturnType<typeof fastTiming> {
  const timing = fastTiming();
  const offset = Date.parse(`2026-12-01T${time}:00Z`) - timing.now();
  return { ...timing, now: () => timing.now() + offset };
}

test('outside of its window a run is not begun, and leaves nothing', async () => {
  const one = fixture(inWindow('Tue 01:00-02:00 Asia/Seoul'));
  await expect(applyPlan({ ...one.dependencies, plan: one.plan })).rejects.toMatchObject({
    code: 'WINDOW_CLOSED',
    params: { context: 'start', opensAt: '2026-11-30T16:00:00.000Z' },
  });
  expect([one.changed(), [...one.journals.texts]]).toEqual([[], []]);
});

test('an alert that comes up stops the run before the next node, and it goes on when the alert is gone', async () => {
  const alerts: FakeAlert[] = [];
  const { url } = await serveFakePrometheus(() => ({ body: alertsAnswer(alerts) }));
  const files = { caFile: undefined, tokenFile: undefined, passwordFile: undefined };
  const prometheus = {
    url,
    alertFilterRegexp: undefined,
    alertFilterMatchOnly: false,
    alertFiringOnly: true,
    ...files,
  };
  const one = fixture({ gates: { ...defaultGateOptions, prometheus, waitSeconds: 30 } }, () => {
    if (alerts.length === 0) alerts.push({ alertname: 'PodsPending' });
  });
  const { run, ...result } = await applyPlan({ ...one.dependencies, plan: one.plan });
  const alert = { 'what.0': 'gate.alerts', 'what.0.alerts': 'PodsPending' };
  expect(result.stopped).toEqual({
    why: 'gate',
    code: 'ROLLOUT_BLOCKED',
    params: { nodes: 'b', ...alert, run },
  });
  const what = 'alerts: PodsPending';
  expect(one.events).toContainEqual({ event: 'waiting', nodes: ['b'], what, params: alert, seconds: 30 });
  expect(one.changed()).toEqual(['a']);
  alerts[0] = { alertname: 'PodsPending', alertstate: 'pending' };
  expect(await resumeRun({ ...one.dependencies, run })).toMatchObject({ verdict: 'done' });
});

test('nodes that fit elsewhere one by one are not begun together when they do not, and the run is resumed', async () => {
  const big = (name: string, node: string): JsonObject =>
    somePod({ name, node, cpu: '3', controller: `ReplicaSet/${name}` });
  const nodes = ['a', 'b', 'c'].map((name) => someNode({ name }));
  const served = await serveFake([...nodes, big('x', 'a'), big('y', 'b')] as unknown as readonly KubeObject[]);
  const session = {
    api: served.client('admin'),
    options: { ...defaultRunOptions, owner: 'kim' },
    timing: fastTiming(),
    signal: new AbortController().signal,
    run: '20261130-1200-kernel-memory-0001',
    transport: undefined,
  } as unknown as RunSession;
  const works = (...names: readonly string[]): readonly NodeWork[] =>
    names.map((node) => ({
      node,
      machineId: '',
      how: 'fresh',
      touched: false,
      actions: [{ order: 0, ofNode: 1, action: rebootOf(node) }],
    }));
  expect(await closedGate(session, works('a'))).toBeUndefined();
  expect(await closedGate(session, works('b'))).toBeUndefined();
  expect(await closedGate(session, works('a', 'b'))).toEqual({
    why: 'gate',
    code: 'DRAIN_BLOCKED',
    params: {
      node: 'a, b',
      'what.0': 'drain.no-place',
      'what.0.pod': 'shop/y',
      'what.0.obstacles.0': 'obstacle.no-room',
      'what.0.obstacles.0.number': 1,
      context: 'together',
    },
  });
});

function rebootOf(node: string): ActionSpec {
  const base = { problem: 'kernel-memory', node, cures: [], why: { key: 'plan.rule', params: {} } };
  return { ...base, kind: 'reboot', id: 'r', disrupts: 'reboot', bootId: 'b', inForce: [], withinSeconds: 900 };
}
