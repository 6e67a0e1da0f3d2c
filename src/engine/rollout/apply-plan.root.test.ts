import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newContent, put } from '../../../test/chroot/file-fixture.ts';
import { planFor, ruleFor } from '../../../test/chroot/rollout-fixture.ts';
import { five, fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import { shells } from '../../../test/chroot/tool-root.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { listNodeRuns, listRuns } from '../history.ts';
import { resumeRun } from '../resume.ts';
import { undoRun } from '../undo.ts';
import { verifyRun } from '../verify.ts';
import { applyPlan } from './apply-plan.ts';

const makeFixture = fixtureMaker();

describe.each(shells)('a run on real shells (%s)', (shell) => {
  it('goes batch by batch, is written down, verified, undone, and knows it', async () => {
    const fixture = makeFixture(five, shell);
    const plan = planFor(fixture.nodes);

    const result = await applyPlan({ ...fixture.dependencies(), plan });

    expect(result).toMatchObject({ verdict: 'done', exitCode: 0, interrupted: false, locked: [] });
    expect(fixture.state()).toEqual(five.map((name) => `${name} new`));
    expect(
      fixture.events.filter((event) => event.event === 'batch').map((event) => event.event === 'batch' && event.nodes),
    ).toEqual([['worker-1'], ['worker-2'], ['worker-3', 'worker-4', 'worker-5']]);
    const { run } = result;
    expect(await listRuns(fixture.journal())).toMatchObject([
      { run, kind: 'apply', state: 'ended', verdict: 'done', problems: ['container-logs'], nodes: five },
    ]);
    expect(await verifyRun({ ...fixture.dependencies(), run })).toMatchObject({
      exitCode: 0,
      verifications: five.map((node) => ({ node, state: 'holds', subject: '/etc/logrotate.d/docker' })),
    });
    const remembered = await listNodeRuns({ ...fixture.dependencies(), concurrency: 4 });
    expect(remembered).toMatchObject({
      locks: [],
      unknown: [],
      runs: five.map((node) => ({ run, node, owner: 'kim@laptop', phases: ['kept'] })),
    });

    put(fixture.node('worker-2'), `${newContent}# by hand\n`);
    expect(await verifyRun({ ...fixture.dependencies(), run })).toMatchObject({ exitCode: 3 });
    put(fixture.node('worker-2'), newContent);

    expect(await undoRun({ ...fixture.dependencies(), run })).toMatchObject({ verdict: 'done', exitCode: 0 });
    expect(fixture.state()).toEqual(five.map((name) => `${name} old`));
    expect((await verifyRun({ ...fixture.dependencies(), run })).verifications.map(({ state }) => state)).toEqual(
      five.map(() => 'undone'),
    );
    expect(await undoRun({ ...fixture.dependencies(), run })).toMatchObject({ verdict: 'done', exitCode: 0 });
    await expect(resumeRun({ ...fixture.dependencies(), run })).rejects.toMatchObject({ code: 'RUN_BEING_UNDONE' });
  });
});

describe('before anything is begun', () => {
  it('a check that this version does not have is refused', async () => {
    const fixture = makeFixture(['worker-1']);
    const plan = planFor(fixture.nodes, {
      actions: (node) => [ruleFor(node, { verify: [{ check: 'container-logs/of-tomorrow', args: [] }] })],
    });
    await expect(applyPlan({ ...fixture.dependencies(), plan })).rejects.toMatchObject({ code: 'CHECK_UNKNOWN' });
    expect(await fixture.journal().runs()).toEqual([]);
  });

  it('a plan that writes where its problem has no business is refused, whoever made it', async () => {
    const fixture = makeFixture(['worker-1']);
    const plan = planFor(fixture.nodes, { actions: (node) => [ruleFor(node, { path: '/etc/nologin' })] });
    await expect(applyPlan({ ...fixture.dependencies(), plan })).rejects.toMatchObject({
      code: 'PLAN_PATH_REFUSED',
      params: { path: '/etc/nologin' },
    });
    expect(await fixture.journal().runs()).toEqual([]);
  });

  it('a plan with a node that nobody said how to reach is refused', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    const dependencies = fixture.dependencies();
    await expect(
      applyPlan({ ...dependencies, targets: dependencies.targets.slice(1), plan: planFor(fixture.nodes) }),
    ).rejects.toMatchObject({ code: 'PLAN_STALE' });
  });
});

describe('what is written down', () => {
  it('is for its owner alone, and holds no secret of a node', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    const secret = 'hunter2-planted-secret';
    put(
      fixture.node('worker-2'),
      `postrotate\n  curl -u admin:${secret} https://admin:${secret}@example.invalid/\nendscript\n`,
    );
    writeFileSync(fixture.node('worker-1').path('/tmp/said'), `password=${secret}\n`);

    const result = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });

    expect(result.nodes[1]).toMatchObject({ code: 'FILE_CHANGED_SINCE_PLAN', diff: expect.stringContaining('curl') });
    const written = fixture.node('worker-1').outside('sh', '-c', 'cat "$1"/*', 'sh', fixture.folder);
    expect(written).toContain('"entry":"end"');
    expect(written).not.toContain(secret);
    expect(JSON.stringify([result, fixture.events])).not.toContain(secret);
    expect(
      fixture
        .node('worker-1')
        .outside('sh', '-c', 'cat "$1"/var/lib/nodemend/runs/*/*/record.json', 'sh', fixture.node('worker-1').root),
    ).not.toContain(secret);
    expect(statSync(fixture.folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(fixture.folder, `${result.run}.jsonl`)).mode & 0o777).toBe(0o600);
    expect(statSync(join(fixture.folder, `${result.run}.plan.json`)).mode & 0o777).toBe(0o600);
  });

  it('comes before what is done: a journal that cannot be written stops the run before the change', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    const journal = fixture.journal();
    let lines = 0;
    const failing = {
      ...journal,
      open: async (run: string, session: string) => {
        const real = await journal.open(run, session);
        return {
          ...real,
          write: async (note: Parameters<typeof real.write>[0]) => {
            lines += 1;
            if (lines > 8) throw new NodemendError('JOURNAL_UNWRITABLE', { path: fixture.folder, problem: 'ENOSPC' });
            await real.write(note);
          },
        };
      },
    };
    expect(
      await applyPlan({ ...fixture.dependencies({ journal: failing }), plan: planFor(fixture.nodes) }),
    ).toMatchObject({
      verdict: 'refused',
      exitCode: 8,
      stopped: { why: 'error', code: 'JOURNAL_UNWRITABLE' },
    });
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('is one line a step, before and after', async () => {
    const fixture = makeFixture(['worker-1']);
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    const lines = readFileSync(join(fixture.folder, `${run}.jsonl`), 'utf8')
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
