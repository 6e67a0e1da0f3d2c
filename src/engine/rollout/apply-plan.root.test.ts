import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newContent, put } from '../../../test/chroot/file-scene.ts';
import { planFor, ruleFor } from '../../../test/chroot/rollout-scene.ts';
import { five, sceneMaker } from '../../../test/chroot/rollout-scenes.ts';
import { shells } from '../../../test/chroot/tool-root.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { listNodeRuns, listRuns } from '../history.ts';
import { resumeRun } from '../resume.ts';
import { undoRun } from '../undo.ts';
import { verifyRun } from '../verify.ts';
import { applyPlan } from './apply-plan.ts';

const makeScene = sceneMaker();

describe.each(shells)('a run on real shells (%s)', (shell) => {
  it('goes batch by batch, is written down, verified, undone, and knows it', async () => {
    const scene = makeScene(five, shell);
    const plan = planFor(scene.nodes);

    const result = await applyPlan({ ...scene.world(), plan });

    expect(result).toMatchObject({ verdict: 'done', exitCode: 0, interrupted: false, locked: [] });
    expect(scene.state()).toEqual(five.map((name) => `${name} new`));
    expect(
      scene.events.filter((event) => event.event === 'batch').map((event) => event.event === 'batch' && event.nodes),
    ).toEqual([['worker-1'], ['worker-2'], ['worker-3', 'worker-4', 'worker-5']]);
    const { run } = result;
    expect(await listRuns(scene.journal())).toMatchObject([
      { run, kind: 'apply', state: 'ended', verdict: 'done', problems: ['container-logs'], nodes: five },
    ]);
    expect(await verifyRun({ ...scene.world(), run })).toMatchObject({
      exitCode: 0,
      verifications: five.map((node) => ({ node, state: 'holds', subject: '/etc/logrotate.d/docker' })),
    });
    const remembered = await listNodeRuns({ ...scene.world(), concurrency: 4 });
    expect(remembered).toMatchObject({
      locks: [],
      unknown: [],
      runs: five.map((node) => ({ run, node, owner: 'kim@laptop', phases: ['kept'] })),
    });

    put(scene.node('worker-2'), `${newContent}# by hand\n`);
    expect(await verifyRun({ ...scene.world(), run })).toMatchObject({ exitCode: 3 });
    put(scene.node('worker-2'), newContent);

    expect(await undoRun({ ...scene.world(), run })).toMatchObject({ verdict: 'done', exitCode: 0 });
    expect(scene.state()).toEqual(five.map((name) => `${name} old`));
    expect((await verifyRun({ ...scene.world(), run })).verifications.map(({ state }) => state)).toEqual(
      five.map(() => 'undone'),
    );
    expect(await undoRun({ ...scene.world(), run })).toMatchObject({ verdict: 'done', exitCode: 0 });
    await expect(resumeRun({ ...scene.world(), run })).rejects.toMatchObject({ code: 'RUN_BEING_UNDONE' });
  });
});

describe('before anything is begun', () => {
  it('a check that this version does not have is refused', async () => {
    const scene = makeScene(['worker-1']);
    const plan = planFor(scene.nodes, {
      actions: (node) => [ruleFor(node, { verify: [{ check: 'container-logs/of-tomorrow', args: [] }] })],
    });
    await expect(applyPlan({ ...scene.world(), plan })).rejects.toMatchObject({ code: 'CHECK_UNKNOWN' });
    expect(await scene.journal().runs()).toEqual([]);
  });

  it('a plan that writes where its problem has no business is refused, whoever made it', async () => {
    const scene = makeScene(['worker-1']);
    const plan = planFor(scene.nodes, { actions: (node) => [ruleFor(node, { path: '/etc/nologin' })] });
    await expect(applyPlan({ ...scene.world(), plan })).rejects.toMatchObject({
      code: 'PLAN_PATH_REFUSED',
      params: { path: '/etc/nologin' },
    });
    expect(await scene.journal().runs()).toEqual([]);
  });

  it('a plan with a node that nobody said how to reach is refused', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    const world = scene.world();
    await expect(
      applyPlan({ ...world, targets: world.targets.slice(1), plan: planFor(scene.nodes) }),
    ).rejects.toMatchObject({ code: 'PLAN_STALE' });
  });
});

describe('what is written down', () => {
  it('is for its owner alone, and holds no secret of a node', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    const secret = 'hunter2-planted-secret';
    put(
      scene.node('worker-2'),
      `postrotate\n  curl -u admin:${secret} https://admin:${secret}@example.invalid/\nendscript\n`,
    );
    writeFileSync(scene.node('worker-1').path('/tmp/said'), `password=${secret}\n`);

    const result = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });

    expect(result.nodes[1]).toMatchObject({ code: 'FILE_CHANGED_SINCE_PLAN', diff: expect.stringContaining('curl') });
    const written = scene.node('worker-1').outside('sh', '-c', 'cat "$1"/*', 'sh', scene.folder);
    expect(written).toContain('"entry":"end"');
    expect(written).not.toContain(secret);
    expect(JSON.stringify([result, scene.events])).not.toContain(secret);
    expect(
      scene
        .node('worker-1')
        .outside('sh', '-c', 'cat "$1"/var/lib/nodemend/runs/*/*/record.json', 'sh', scene.node('worker-1').root),
    ).not.toContain(secret);
    expect(statSync(scene.folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(scene.folder, `${result.run}.jsonl`)).mode & 0o777).toBe(0o600);
    expect(statSync(join(scene.folder, `${result.run}.plan.json`)).mode & 0o777).toBe(0o600);
  });

  it('comes before what is done: a journal that cannot be written stops the run before the change', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    const journal = scene.journal();
    let lines = 0;
    const failing = {
      ...journal,
      open: async (run: string, session: string) => {
        const real = await journal.open(run, session);
        return {
          ...real,
          write: async (note: Parameters<typeof real.write>[0]) => {
            lines += 1;
            if (lines > 8) throw new NodemendError('JOURNAL_UNWRITABLE', { path: scene.folder, problem: 'ENOSPC' });
            await real.write(note);
          },
        };
      },
    };
    expect(await applyPlan({ ...scene.world({ journal: failing }), plan: planFor(scene.nodes) })).toMatchObject({
      verdict: 'refused',
      exitCode: 8,
      stopped: { why: 'error', code: 'JOURNAL_UNWRITABLE' },
    });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('is one line a step, before and after', async () => {
    const scene = makeScene(['worker-1']);
    const { run } = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    const lines = readFileSync(join(scene.folder, `${run}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(
      lines.map(({ entry, step, outcome }) =>
        [entry, step, typeof outcome === 'string' ? outcome : ''].filter(Boolean).join(' '),
      ),
    ).toEqual([
      'begin',
      'before lock',
      'after lock done',
      'before stage',
      'after stage done',
      'before validate',
      'after validate done',
      'before commit',
      'after commit done',
      'before verify',
      'after verify done',
      'node',
      'before unlock',
      'after unlock done',
      'end',
    ]);
  });
});
