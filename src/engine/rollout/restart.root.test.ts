import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleDriver } from '../../../test/chroot/bundle-driver.ts';
import { FakeCluster } from '../../../test/chroot/fake-cluster.ts';
import { fileAction, fileState } from '../../../test/chroot/file-fixture.ts';
import type { KillOrder } from '../../../test/chroot/kill-driver.ts';
import { planFor, type RolloutFixture } from '../../../test/chroot/rollout-fixture.ts';
import { brief, fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import {
  calls,
  hurried,
  pidOf,
  putUnit,
  serviceAction,
  type UnitFixture,
} from '../../../test/chroot/service-fixture.ts';
import { testProblem } from '../../../test/chroot/test-problem.ts';
import type { ActionSpec } from '../../actions/action-kinds.ts';
import type { FileAction } from '../../actions/file/file-action.ts';
import { evidenceSchema, type Evidence } from '../../evidence/evidence.ts';
import type { PlannedAction } from '../../problems/problem.ts';
import { makePlan, type Planner } from '../make-plan.ts';
import { planHash } from '../plan-hash.ts';
import type { Plan } from '../plan.ts';
import { planText, readPlan } from '../read-plan.ts';
import { resumeRun } from '../resume.ts';
import type { RunOptions } from '../run.ts';
import { undoRun } from '../undo.ts';
import { verifyRun } from '../verify.ts';
import { applyPlan } from './apply-plan.ts';
import type { RunDependencies } from './run-request.ts';

const makeFixture = fixtureMaker();
const allowed: Partial<RunOptions> = { allow: ['restart'] };

/** A file that a service reads, and the restart behind it. */
function actionsOf(node: string): readonly ActionSpec[] {
  const file = fileAction({ path: '/etc/demo', from: fileState('old\n'), to: fileState('new\n') });
  return [{ ...file, id: `file:${node}:/etc/demo`, node }, serviceAction({ id: `service:${node}:demo.service`, node })];
}

function served(names: readonly string[], unit: UnitFixture = {}): RolloutFixture {
  const fixture = makeFixture(names);
  for (const node of fixture.nodes) {
    writeFileSync(node.path('/etc/demo'), 'old\n', { mode: 0o644 });
    putUnit(node, unit);
  }
  return fixture;
}

function planOf(fixture: RolloutFixture): Plan {
  return planFor(fixture.nodes, { actions: ({ name }) => actionsOf(name) });
}

/**
 * Two problems want one file, and the second reloads what reads it; `apart` is the plan of one that says its reload
 * stands alone.
 */
function twoProblems(fixture: RolloutFixture): { readonly plan: Plan; readonly apart: Plan } {
  const edit = (becomes: string): FileAction =>
    fileAction({ path: '/etc/demo', from: fileState('old\n'), to: fileState(becomes) });
  const { disrupts: _, ...restart } = serviceAction({
    verify: [{ check: 'container-logs/placed', args: ['/etc/theirs'] }],
  });
  const reload = { ...restart, operation: 'reload' } as const;
  const planner = (id: string, actions: readonly PlannedAction[]): Planner => ({
    meta: { ...testProblem.meta, id },
    plan: () => ({ actions: actions.map((action) => ({ ...action, problem: id })), refused: [] }),
  });
  const planOfBoth = (...theirs: readonly PlannedAction[]): Plan =>
    makePlan({
      evidence: evidenceOf(fixture),
      findings: [],
      problems: [planner('container-logs', [edit('new\n')]), planner('pulls', theirs)],
    });
  return {
    plan: planOfBoth(edit('theirs\n'), reload),
    apart: planOfBoth(edit('theirs\n'), { ...reload, partOf: 'reload' }),
  };
}

/** Nodes of a hosts file, with nothing but their identity seen. */
function evidenceOf({ nodes }: RolloutFixture): Evidence {
  const access = { transport: 'ssh', user: 'root', privilege: 'root', clockSkewMs: 0, tookMs: 1 } as const;
  return {
    schema: evidenceSchema,
    collectedAt: '2026-11-24T09:30:00Z',
    collector: { version: '0.1.0' },
    scope: { via: 'ssh', targets: 'hosts', problems: ['container-logs', 'pulls'] },
    cluster: { state: 'not-looked-at', enable: '--kubeconfig' },
    nodes: nodes.map(({ name, machineId, bootId }) => ({
      name,
      address: '10.0.0.1',
      api: { state: 'not-looked-at', enable: '--kubeconfig' },
      access: { state: 'seen', value: { ...access, hostname: name, machineId, bootId } },
      sections: {},
    })),
  };
}

function dependenciesOf(fixture: RolloutFixture, options: Partial<RunOptions> = allowed): RunDependencies {
  return { ...fixture.dependencies({ options }), timing: hurried };
}

function content(fixture: RolloutFixture, name: string): string {
  return readFileSync(fixture.node(name).path('/etc/demo'), 'utf8').trim();
}

/** With what the service was started, each time. */
function starts(fixture: RolloutFixture, name: string): readonly string[] {
  return calls(fixture.node(name)).map((call) => call.replace(/.* with /u, ''));
}

describe('a plan that restarts a service', () => {
  it('is refused without --allow restart, and comes back from its own text', () => {
    const fixture = served(['worker-1']);
    const plan = planOf(fixture);

    expect(readPlan(planText(plan), 'plan.json')).toEqual(plan);
    return expect(applyPlan({ ...dependenciesOf(fixture, {}), plan })).rejects.toMatchObject({
      code: 'DISRUPTION_NOT_ALLOWED',
      params: { what: 'restart' },
    });
  });

  it('restarts behind the file; undo puts the file back first and restarts then, node by node', async () => {
    const fixture = served(['worker-1', 'worker-2']);
    const result = await applyPlan({ ...dependenciesOf(fixture), plan: planOf(fixture) });

    expect(result).toMatchObject({ verdict: 'done', exitCode: 0 });
    expect([starts(fixture, 'worker-1'), starts(fixture, 'worker-2')]).toEqual([['new'], ['new']]);
    expect(fixture.events.filter(({ event }) => event === 'batch')).toHaveLength(2);
    const verified = await verifyRun({ ...dependenciesOf(fixture), run: result.run });
    expect(verified.verifications.map(({ subject, state }) => `${subject} ${state}`)).toEqual([
      '/etc/demo holds',
      'demo.service holds',
      '/etc/demo holds',
      'demo.service holds',
    ]);

    const refused = await undoRun({ ...dependenciesOf(fixture, {}), run: result.run });
    expect(brief(refused)).toEqual([
      'worker-1 refused changed undo DISRUPTION_NOT_ALLOWED',
      'worker-2 refused changed undo DISRUPTION_NOT_ALLOWED',
    ]);
    expect(content(fixture, 'worker-1')).toBe('new');

    fixture.events.length = 0;
    expect(await undoRun({ ...dependenciesOf(fixture), run: result.run })).toMatchObject({ verdict: 'done' });
    expect([content(fixture, 'worker-1'), starts(fixture, 'worker-1'), starts(fixture, 'worker-2')]).toEqual([
      'old',
      ['new', 'old'],
      ['new', 'old'],
    ]);
    const nodes = fixture.events.flatMap((event) => (event.event === 'step' ? [event.node] : []));
    expect(
      nodes.filter((node, index) => node !== nodes[index - 1]),
      'one after the other',
    ).toHaveLength(2);
  });

  it('takes a node back whose service does not bear the file', async () => {
    const fixture = served(['worker-1', 'worker-2'], { behaviour: 'picky' });
    const result = await applyPlan({ ...dependenciesOf(fixture), plan: planOf(fixture) });

    expect(result).toMatchObject({ verdict: 'stopped-and-restored', exitCode: 7, locked: [] });
    expect(brief(result)).toEqual(['worker-1 failed as-before restart UNIT_NOT_UP', 'worker-2 not-started as-before']);
    expect([content(fixture, 'worker-1'), starts(fixture, 'worker-1'), starts(fixture, 'worker-2')]).toEqual([
      'old',
      ['new', 'old'],
      [],
    ]);
  });

  it('keeps what one problem changed where another wanted the same file, and a reload behind it', async () => {
    const fixture = served(['worker-1']);
    const { plan, apart } = twoProblems(fixture);

    expect(plan.refused).toMatchObject([{ problem: 'pulls', params: { path: '/etc/demo', others: 'demo.service' } }]);
    // A reload without its file does not find what it looks for, and undoes what was none of its business.
    expect(brief(await applyPlan({ ...dependenciesOf(fixture), plan: apart }))).toEqual([
      'worker-1 failed as-before verify CHECK_FAILED',
    ]);
    expect(content(fixture, 'worker-1')).toBe('old');

    expect(await applyPlan({ ...dependenciesOf(fixture), plan })).toMatchObject({ verdict: 'done' });
    expect(content(fixture, 'worker-1')).toBe('new');
  });

  it('does not restart for a file that somebody changed since: undo leaves both to people', async () => {
    const fixture = served(['worker-1']);
    const { run } = await applyPlan({ ...dependenciesOf(fixture), plan: planOf(fixture) });
    writeFileSync(fixture.node('worker-1').path('/etc/demo'), 'theirs\n');

    expect(brief(await undoRun({ ...dependenciesOf(fixture), run }))).toEqual([
      'worker-1 refused changed undo FILE_CHANGED_SINCE_RUN',
    ]);
    expect(starts(fixture, 'worker-1')).toEqual(['new']);

    writeFileSync(fixture.node('worker-1').path('/etc/demo'), 'new\n');
    expect(await undoRun({ ...dependenciesOf(fixture), run })).toMatchObject({ verdict: 'done' });
    expect(starts(fixture, 'worker-1')).toEqual(['new', 'old']);
  });

  it('a node that does not become ready again ends the run, also the last one, and an undo', async () => {
    const fixture = served(['worker-1', 'worker-2']);
    const cluster = new FakeCluster(['worker-1', 'worker-2']);
    const { hash: _hash, ...unsealed } = planOf(fixture);
    const bound = {
      ...unsealed,
      target: { kind: 'cluster', uid: 'cluster-1', context: 'test', server: 'https://test' } as const,
      nodes: unsealed.nodes.map((node) => ({ ...node, uid: `uid-${node.name}` })),
    };
    const plan = { ...bound, hash: planHash(bound) };
    const falling = (...names: readonly string[]): RunDependencies => ({
      ...dependenciesOf(fixture),
      api: cluster.api,
      onEvent: (event) => {
        if (
          event.event === 'step-ended' &&
          event.node !== undefined &&
          names.includes(event.node) &&
          (event.step === 'restart' || event.step === 'undo')
        )
          cluster.notReady.add(event.node);
      },
    });

    const result = await applyPlan({ ...falling('worker-2'), plan });
    expect(result).toMatchObject({
      verdict: 'partly',
      exitCode: 6,
      stopped: { why: 'error', code: 'NODES_FELL', params: { nodes: 'worker-2' } },
    });
    expect(brief(result)).toEqual(['worker-1 done changed', 'worker-2 done changed']);

    cluster.notReady.clear();
    const undone = await undoRun({ ...falling('worker-1', 'worker-2'), run: result.run });
    expect(undone).toMatchObject({ verdict: 'partly', stopped: { why: 'error', code: 'NODES_FELL' } });
    expect(undone.nodes.map(({ ending, left }) => `${ending} ${left}`).toSorted()).toEqual([
      'done as-before',
      'not-started changed',
    ]);
    expect([...starts(fixture, 'worker-1'), ...starts(fixture, 'worker-2')].toSorted(), 'whichever was first').toEqual([
      'new',
      'new',
      'old',
    ]);
  });
});

describe('a run that is killed around the restart', () => {
  let folder: string;
  let driver: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nodemend-kill-'));
    driver = await bundleDriver(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Lines of the journal: begin, the lock, four steps of the file, prepare (12, 13), restart (14, 15). */
  const kills = [
    { line: 12, when: 'before', restarted: false },
    { line: 14, when: 'after', restarted: false },
    { line: 15, when: 'before', restarted: true },
    { line: 15, when: 'after', restarted: true },
  ] as const;

  async function killed(fixture: RolloutFixture, at: Pick<KillOrder, 'line' | 'when'>): Promise<string> {
    const stateFolder = fixture.folder;
    const nodes = fixture.nodes.map(({ name, root }) => ({ name, root }));
    const child = spawn(process.execPath, [driver], { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(
      JSON.stringify({
        ...at,
        operation: 'apply',
        plan: planText(planOf(fixture)),
        stateFolder,
        nodes,
        restarts: true,
      } satisfies KillOrder),
    );
    const signal = await new Promise((resolve) => child.on('close', (_code, ended) => resolve(ended)));
    expect(signal).toBe('SIGKILL');
    const [name = ''] = readdirSync(stateFolder).filter((file) => file.endsWith('.jsonl'));
    return name.replace('.jsonl', '');
  }

  it.each(kills)(
    '$when line $line: resume finishes it, and restarts no second time',
    async ({ line, when, restarted }) => {
      const fixture = served(['worker-1']);
      const run = await killed(fixture, { line, when });
      expect([content(fixture, 'worker-1'), starts(fixture, 'worker-1')]).toEqual(['new', restarted ? ['new'] : []]);

      expect(await resumeRun({ ...dependenciesOf(fixture), run })).toMatchObject({ verdict: 'done' });
      expect([content(fixture, 'worker-1'), starts(fixture, 'worker-1'), pidOf(fixture.node('worker-1'))]).toEqual([
        'new',
        ['new'],
        101,
      ]);
    },
  );

  it.each(kills)(
    '$when line $line: undo takes it back, and restarts only what had been restarted',
    async ({ line, when, restarted }) => {
      const fixture = served(['worker-1']);
      const run = await killed(fixture, { line, when });

      // From another machine, which knows nothing but the node.
      expect(
        await undoRun({ ...dependenciesOf(fixture), journal: fixture.journal(fixture.newFolder()), run }),
      ).toMatchObject({
        verdict: 'done',
      });
      expect([content(fixture, 'worker-1'), starts(fixture, 'worker-1')]).toEqual([
        'old',
        restarted ? ['new', 'old'] : [],
      ]);
    },
  );
});
