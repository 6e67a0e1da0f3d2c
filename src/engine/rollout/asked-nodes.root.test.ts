import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newContent, oldContent, put } from '../../../test/chroot/file-fixture.ts';
import { planFor, ruleFor, type RolloutFixture } from '../../../test/chroot/rollout-fixture.ts';
import { brief, fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import type { Plan } from '../plan.ts';
import { resumeRun } from '../resume.ts';
import type { RunEvent } from '../run.ts';
import { undoRun } from '../undo.ts';
import { verifyRun } from '../verify.ts';
import { applyPlan } from './apply-plan.ts';

const makeFixture = fixtureMaker();
const four = ['worker-1', 'worker-2', 'worker-3', 'worker-4'];

/** Applies a plan and is interrupted when an event of the run says so. */
async function cutShort(fixture: RolloutFixture, plan: Plan, when: (event: RunEvent) => boolean): Promise<string> {
  const controller = new AbortController();
  const dependencies = fixture.dependencies({
    signal: controller.signal,
    options: { concurrency: 1 },
    onEvent: (event) => void (when(event) && controller.abort()),
  });
  return (await applyPlan({ ...dependencies, plan })).run;
}

function elsewhere(fixture: RolloutFixture): ReturnType<RolloutFixture['dependencies']> {
  return fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) });
}

describe('a node with two actions, only the first of which was made', () => {
  const twoActions = (fixture: RolloutFixture): Plan =>
    planFor(fixture.nodes, {
      actions: (node) => [ruleFor(node), ruleFor(node, { path: '/etc/logrotate.d/second', from: 'absent' })],
    });
  const afterTheFirst = (event: RunEvent): boolean => event.event === 'step-ended' && event.step === 'verify';

  it('is not done for a resume that lacks the plan, nor for the third machine that asks', async () => {
    const fixture = makeFixture(['worker-1']);
    const plan = twoActions(fixture);
    const run = await cutShort(fixture, plan, afterTheFirst);
    expect(fixture.state()).toEqual(['worker-1 new']);

    for (const _machine of ['second', 'third']) {
      const result = await resumeRun({ ...elsewhere(fixture), run });
      expect(result).toMatchObject({ verdict: 'partly', exitCode: 6, stopped: { code: 'RUN_PLAN_MISSING' } });
      expect(result.nodes).toMatchObject([{ ending: 'interrupted', left: 'changed', code: 'NODE_PLAN_MISSING' }]);
    }

    expect(await verifyRun({ ...elsewhere(fixture), run })).toMatchObject({
      exitCode: 5,
      verifications: [{ state: 'holds' }, { node: 'worker-1', state: 'unknown', code: 'NODE_PLAN_MISSING' }],
    });

    // The next command that works.
    const again = elsewhere(fixture);
    await resumeRun({ ...again, run });
    const whole = await resumeRun({ ...again, run, plan: { plan, file: 'plan.json' } });
    expect(whole).toMatchObject({ verdict: 'done' });
    expect(fixture.state()).toEqual(['worker-1 new second']);
  });
});

describe('resume on the machine that began, after another one took the run back', () => {
  it('changes nothing and says so; undo there agrees', async () => {
    const fixture = makeFixture(four);
    let ended = 0;
    const run = await cutShort(
      fixture,
      planFor(fixture.nodes),
      (event) => event.event === 'node-ended' && (ended += 1) === 2,
    );
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 new', 'worker-3 old', 'worker-4 old']);
    expect(await undoRun({ ...elsewhere(fixture), run })).toMatchObject({ verdict: 'done' });

    await expect(resumeRun({ ...fixture.dependencies(), run })).rejects.toMatchObject({
      code: 'RUN_TAKEN_BACK',
      params: { nodes: 'worker-1, worker-2' },
    });
    expect(fixture.state()).toEqual(four.map((name) => `${name} old`));
    expect(await undoRun({ ...fixture.dependencies(), run })).toMatchObject({ verdict: 'done' });
  });
});

describe('resume looks at what it had finished', () => {
  const afterTwo = (): ((event: RunEvent) => boolean) => {
    let ended = 0;
    return (event) => event.event === 'node-ended' && (ended += 1) === 2;
  };

  it('reports an edit since, leaves it alone and does not go on', async () => {
    const fixture = makeFixture(four);
    const run = await cutShort(fixture, planFor(fixture.nodes), afterTwo());
    put(fixture.node('worker-1'), newContent.replace('daily', 'hourly'));

    const result = await resumeRun({ ...fixture.dependencies(), run });

    expect(result).toMatchObject({ verdict: 'partly', nodes: [{ code: 'ACTION_NOT_IN_FORCE' }, {}, {}, {}] });
    expect(brief(result)).toEqual([
      'worker-1 refused changed inspect ACTION_NOT_IN_FORCE',
      'worker-2 done changed',
      'worker-3 not-started as-before',
      'worker-4 not-started as-before',
    ]);
    expect(fixture.state()).toEqual(['worker-1 other', 'worker-2 new', 'worker-3 old', 'worker-4 old']);
  });

  it('does not know a node that lost its record, and does not call it done', async () => {
    const fixture = makeFixture(four);
    const run = await cutShort(fixture, planFor(fixture.nodes), afterTwo());
    rmSync(fixture.node('worker-1').path(`/var/lib/nodemend/runs/${run}`), { recursive: true });
    put(fixture.node('worker-1'), oldContent);

    const result = await resumeRun({ ...fixture.dependencies(), run });

    expect(result.nodes[0]).toMatchObject({ ending: 'refused', left: 'unknown', code: 'NODE_RECORD_MISSING' });
    expect(result.verdict).toBe('partly');
  });
});

describe('undo of a node whose records are gone, while the journal says that it was changed', () => {
  it.each([
    ['the whole folder', ''],
    ['one action', '/docker-*'],
  ])('%s: unknown, not done', async (_what, below) => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    const node = fixture.node('worker-1');
    node.outside('sh', '-c', `rm -r ${node.path(`/var/lib/nodemend/runs/${run}`)}${below && '/*docker-*'}`);

    const result = await undoRun({ ...fixture.dependencies(), run });

    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6, locked: [] });
    expect(brief(result)).toEqual(['worker-1 refused unknown inspect NODE_RECORD_MISSING', 'worker-2 done as-before']);
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old']);
  });

  it('what was undone by another machine is not missed', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    await undoRun({ ...elsewhere(fixture), run });
    expect(await undoRun({ ...fixture.dependencies(), run })).toMatchObject({ verdict: 'done' });
  });
});

describe('verify names every node of the run', () => {
  it('also one that is another machine by now, one that is not a target, one that lost its record, and one not begun', async () => {
    const fixture = makeFixture([...four, 'worker-5']);
    let ended = 0;
    const dependencies = fixture.dependencies({ options: { batches: [{ nodes: 1 }] } });
    const controller = new AbortController();
    const { run } = await applyPlan({
      ...dependencies,
      signal: controller.signal,
      onEvent: (event) => void (event.event === 'node-ended' && (ended += 1) === 4 && controller.abort()),
      plan: planFor(fixture.nodes),
    });
    writeFileSync(fixture.node('worker-1').path('/etc/machine-id'), `${'9'.repeat(32)}\n`);
    rmSync(fixture.node('worker-1').path('/var/lib/nodemend'), { recursive: true });
    rmSync(fixture.node('worker-3').path('/var/lib/nodemend'), { recursive: true });
    const targets = dependencies.targets.filter(({ name }) => name !== 'worker-2');

    const here = await verifyRun({ ...dependencies, targets, run });
    expect(here).toMatchObject({
      exitCode: 5,
      verifications: [
        { node: 'worker-1', state: 'unknown', code: 'PLAN_STALE' },
        { node: 'worker-2', state: 'unknown', code: 'NODE_NO_TARGET' },
        { node: 'worker-3', state: 'unknown', code: 'NODE_RECORD_MISSING' },
        { node: 'worker-4', state: 'holds' },
        { node: 'worker-5', state: 'untouched' },
      ],
    });

    const there = await verifyRun({ ...elsewhere(fixture), targets, run });
    expect(there).toMatchObject({
      exitCode: 5,
      verifications: [
        { node: '', state: 'unknown', code: 'NODES_UNNAMED' },
        { node: 'worker-4', state: 'holds' },
      ],
    });
  });
});
