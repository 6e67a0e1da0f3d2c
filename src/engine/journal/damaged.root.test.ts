import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planFor, ruleFor, type RolloutScene } from '../../../test/chroot/rollout-scene.ts';
import { brief, sceneMaker } from '../../../test/chroot/rollout-scenes.ts';
import { listRuns } from '../history.ts';
import { resumeRun } from '../resume.ts';
import { applyPlan } from '../rollout/apply-plan.ts';
import { undoRun } from '../undo.ts';

const makeScene = sceneMaker();
const two = ['worker-1', 'worker-2'];

function fileOf(scene: RolloutScene, run: string, suffix: string): string {
  return join(scene.folder, `${run}${suffix}`);
}

/** A bit of the first line is another one: the line that says which nodes the run has. */
function damageFirstLine(scene: RolloutScene, run: string): void {
  const path = fileOf(scene, run, '.jsonl');
  const text = readFileSync(path, 'utf8');
  const at = text.indexOf('worker-2');
  expect(at).toBeLessThan(text.indexOf('\n'));
  writeFileSync(path, `${text.slice(0, at)}worker-3${text.slice(at + 'worker-3'.length)}`);
}

async function secondFile(scene: RolloutScene): Promise<string> {
  const plan = planFor(scene.nodes, {
    actions: (node) => [ruleFor(node, { path: '/etc/logrotate.d/second', from: 'absent' })],
  });
  return (await applyPlan({ ...scene.world(), plan })).run;
}

/** Ends after its first node. */
async function half(scene: RolloutScene): Promise<string> {
  const controller = new AbortController();
  const world = scene.world({
    signal: controller.signal,
    onEvent: (event) => void (event.event === 'node-ended' && controller.abort()),
  });
  return (await applyPlan({ ...world, plan: planFor(scene.nodes) })).run;
}

describe('a journal whose first line is damaged', () => {
  it('is of its run all the same, listed, and undone on every node of it', async () => {
    const scene = makeScene(two);
    const { run } = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    // A later line that names fewer nodes is not taken for the whole run.
    await undoRun({ ...scene.world(), run, only: ['worker-1'] });
    damageFirstLine(scene, run);
    expect(await listRuns(scene.journal())).toMatchObject([{ run, damaged: 1, number: 1 }]);

    const result = await undoRun({ ...scene.world(), run });

    expect(brief(result)).toEqual(['worker-1 done as-before', 'worker-2 done as-before']);
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('resumes from what the nodes know, and with the plan to the end', async () => {
    const scene = makeScene(two);
    const plan = planFor(scene.nodes);
    const run = await half(scene);
    damageFirstLine(scene, run);

    expect(await resumeRun({ ...scene.world(), run })).toMatchObject({
      verdict: 'partly',
      stopped: { code: 'RUN_PLAN_MISSING' },
    });
    expect(await resumeRun({ ...scene.world(), run, plan: { plan, file: 'plan.json' } })).toMatchObject({
      verdict: 'done',
    });
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 new']);
  });
});

describe('files of a run that are those of another one', () => {
  it('a journal: what is undone is the run that was named', async () => {
    const scene = makeScene(two);
    const { run } = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    const other = await secondFile(scene);
    copyFileSync(fileOf(scene, other, '.jsonl'), fileOf(scene, run, '.jsonl'));

    expect(await undoRun({ ...scene.world(), run })).toMatchObject({ verdict: 'done', run });

    expect(scene.state()).toEqual(['worker-1 old second', 'worker-2 old second']);
  });

  it.each([
    [
      'a plan of another run',
      (scene: RolloutScene, run: string, other: string) => {
        copyFileSync(fileOf(scene, other, '.plan.json'), fileOf(scene, run, '.plan.json'));
      },
    ],
    [
      'half a plan',
      (scene: RolloutScene, run: string) => {
        writeFileSync(fileOf(scene, run, '.plan.json'), '{"schema":');
      },
    ],
  ] as const)('%s is not carried out, and keeps nobody from an undo', async (_what, damage) => {
    const scene = makeScene(two);
    const run = await half(scene);
    const other = await secondFile(scene);
    expect(await undoRun({ ...scene.world(), run: other })).toMatchObject({ verdict: 'done' });
    damage(scene, run, other);

    const result = await resumeRun({ ...scene.world(), run });
    expect(result).toMatchObject({ verdict: 'partly', stopped: { code: 'RUN_PLAN_MISSING' } });
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 old']);

    expect(await undoRun({ ...scene.world(), run })).toMatchObject({ verdict: 'done' });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });
});
