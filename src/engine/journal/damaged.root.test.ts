import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planFor, ruleFor, type RolloutFixture } from '../../../test/chroot/rollout-fixture.ts';
import { brief, fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import { listRuns } from '../history.ts';
import { resumeRun } from '../resume.ts';
import { applyPlan } from '../rollout/apply-plan.ts';
import { undoRun } from '../undo.ts';

const makeFixture = fixtureMaker();
const two = ['worker-1', 'worker-2'];

function fileOf(fixture: RolloutFixture, run: string, suffix: string): string {
  return join(fixture.folder, `${run}${suffix}`);
}

/** A bit of the first line is another one: the line that says which nodes the run has. */
function damageFirstLine(fixture: RolloutFixture, run: string): void {
  const path = fileOf(fixture, run, '.jsonl');
  const text = readFileSync(path, 'utf8');
  const at = text.indexOf('worker-2');
  expect(at).toBeLessThan(text.indexOf('\n'));
  writeFileSync(path, `${text.slice(0, at)}worker-3${text.slice(at + 'worker-3'.length)}`);
}

async function secondFile(fixture: RolloutFixture): Promise<string> {
  const plan = planFor(fixture.nodes, {
    actions: (node) => [ruleFor(node, { path: '/etc/logrotate.d/second', from: 'absent' })],
  });
  return (await applyPlan({ ...fixture.dependencies(), plan })).run;
}

/** Ends after its first node. */
async function half(fixture: RolloutFixture): Promise<string> {
  const controller = new AbortController();
  const dependencies = fixture.dependencies({
    signal: controller.signal,
    onEvent: (event) => void (event.event === 'node-ended' && controller.abort()),
  });
  return (await applyPlan({ ...dependencies, plan: planFor(fixture.nodes) })).run;
}

describe('a journal whose first line is damaged', () => {
  it('belongs to its run anyway, listed, and undone on every node of it', async () => {
    const fixture = makeFixture(two);
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    // A later line that names fewer nodes is not taken for the whole run.
    await undoRun({ ...fixture.dependencies(), run, only: ['worker-1'] });
    damageFirstLine(fixture, run);
    expect(await listRuns(fixture.journal())).toMatchObject([{ run, damaged: 1, number: 1 }]);

    const result = await undoRun({ ...fixture.dependencies(), run });

    expect(brief(result)).toEqual(['worker-1 done as-before', 'worker-2 done as-before']);
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('resumes from what the nodes know, and with the plan to the end', async () => {
    const fixture = makeFixture(two);
    const plan = planFor(fixture.nodes);
    const run = await half(fixture);
    damageFirstLine(fixture, run);

    expect(await resumeRun({ ...fixture.dependencies(), run })).toMatchObject({
      verdict: 'partly',
      stopped: { code: 'RUN_PLAN_MISSING' },
    });
    expect(await resumeRun({ ...fixture.dependencies(), run, plan: { plan, file: 'plan.json' } })).toMatchObject({
      verdict: 'done',
    });
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 new']);
  });
});

describe('files of a run that are those of another one', () => {
  it('a journal: what is undone is the run that was named', async () => {
    const fixture = makeFixture(two);
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    const other = await secondFile(fixture);
    copyFileSync(fileOf(fixture, other, '.jsonl'), fileOf(fixture, run, '.jsonl'));

    expect(await undoRun({ ...fixture.dependencies(), run })).toMatchObject({ verdict: 'done', run });

    expect(fixture.state()).toEqual(['worker-1 old second', 'worker-2 old second']);
  });

  it.each([
    [
      'a plan of another run',
      (fixture: RolloutFixture, run: string, other: string) => {
        copyFileSync(fileOf(fixture, other, '.plan.json'), fileOf(fixture, run, '.plan.json'));
      },
    ],
    [
      'half a plan',
      (fixture: RolloutFixture, run: string) => {
        writeFileSync(fileOf(fixture, run, '.plan.json'), '{"schema":');
      },
    ],
  ] as const)('%s is not carried out, and keeps nobody from an undo', async (_what, damage) => {
    const fixture = makeFixture(two);
    const run = await half(fixture);
    const other = await secondFile(fixture);
    expect(await undoRun({ ...fixture.dependencies(), run: other })).toMatchObject({ verdict: 'done' });
    damage(fixture, run, other);

    const result = await resumeRun({ ...fixture.dependencies(), run });
    expect(result).toMatchObject({ verdict: 'partly', stopped: { code: 'RUN_PLAN_MISSING' } });
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old']);

    expect(await undoRun({ ...fixture.dependencies(), run })).toMatchObject({ verdict: 'done' });
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });
});
