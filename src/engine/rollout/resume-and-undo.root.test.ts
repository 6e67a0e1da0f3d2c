import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newContent, oldContent, put } from '../../../test/chroot/file-fixture.ts';
import { planFor, ruleFor } from '../../../test/chroot/rollout-fixture.ts';
import { brief, five, fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { listRuns } from '../history.ts';
import { resumeRun } from '../resume.ts';
import { undoRun } from '../undo.ts';
import { verifyRun } from '../verify.ts';
import { applyPlan } from './apply-plan.ts';
import commit from '../../actions/file/commit.sh?raw';

const makeFixture = fixtureMaker();

describe('Ctrl-C', () => {
  it('in the middle of a check takes the node back at once, and resume finishes the run', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2', 'worker-3']);
    const plan = planFor(fixture.nodes);
    const controller = new AbortController();
    const transport = fixture.transport((connection) => ({
      ...connection,
      exec: (request) => {
        if (connection.node === 'worker-2' && request.script.includes('reject-staged')) {
          // As a transport answers when its request's signal is aborted.
          setImmediate(() => controller.abort());
          return new Promise((_, reject) =>
            request.signal?.addEventListener('abort', () =>
              reject(new NodemendError('COMMAND_INTERRUPTED', { node: connection.node })),
            ),
          );
        }
        return connection.exec(request);
      },
    }));

    const result = await applyPlan({ ...fixture.dependencies({ transport, signal: controller.signal }), plan });

    expect(result).toMatchObject({ verdict: 'partly', interrupted: true, stopped: { why: 'interrupted' }, locked: [] });
    expect(brief(result)).toEqual([
      'worker-1 done changed',
      'worker-2 interrupted as-before validate',
      'worker-3 not-started as-before',
    ]);
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old', 'worker-3 old']);
    expect(await listRuns(fixture.journal())).toMatchObject([{ state: 'interrupted' }]);

    const resumed = await resumeRun({ ...fixture.dependencies(), run: result.run });
    expect(resumed).toMatchObject({ verdict: 'done', exitCode: 0 });
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 new', 'worker-3 new']);
  });

  it('after the change took force finishes the action', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    const controller = new AbortController();
    const dependencies = fixture.dependencies({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.event === 'step-ended' && event.step === 'commit') controller.abort();
      },
    });
    const result = await applyPlan({ ...dependencies, plan: planFor(fixture.nodes) });
    expect(brief(result)).toEqual(['worker-1 done changed', 'worker-2 not-started as-before']);
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old']);
  });
});

describe('a node that a run left without knowing how', () => {
  it('is settled by resume, though the run has ended', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    let gone = false;
    const transport = fixture.transport((connection) => ({
      ...connection,
      exec: async (request) => {
        if (gone) throw new NodemendError('SSH_CONNECTION_LOST', { node: connection.node });
        const answer = await connection.exec(request);
        gone = request.script.includes(commit);
        return answer;
      },
    }));
    const { run, locked } = await applyPlan({ ...fixture.dependencies({ transport }), plan: planFor(fixture.nodes) });
    expect(locked).toEqual(['worker-1', 'worker-2']);
    expect(fixture.state()).toEqual(['worker-1 new locked', 'worker-2 old locked']);

    const result = await resumeRun({ ...fixture.dependencies(), run });

    expect(result).toMatchObject({ verdict: 'stopped-and-restored', locked: [] });
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
    await expect(resumeRun({ ...fixture.dependencies(), run })).rejects.toMatchObject({ code: 'RUN_ENDED' });
  });
});

it('another machine without the plan finishes what was begun, and says what is missing', async () => {
  const fixture = makeFixture(['worker-1', 'worker-2', 'worker-3']);
  const controller = new AbortController();
  const plan = planFor(fixture.nodes);
  const dependencies = fixture.dependencies({
    signal: controller.signal,
    onEvent: (event) => void (event.event === 'node-ended' && controller.abort()),
  });
  const { run } = await applyPlan({ ...dependencies, plan });
  const elsewhere = fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) });

  const result = await resumeRun({ ...elsewhere, run });

  expect(result).toMatchObject({
    verdict: 'partly',
    exitCode: 6,
    stopped: { why: 'error', code: 'RUN_PLAN_MISSING', params: { begun: 1, nodes: 3 } },
  });
});

describe('undo', () => {
  it('leaves a file that was edited since, with the diff, and restores the others', async () => {
    const fixture = makeFixture();
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    put(fixture.node('worker-3'), newContent.replace('daily', 'hourly'));

    const result = await undoRun({ ...fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) }), run });

    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6 });
    expect(result.nodes[2]).toMatchObject({
      node: 'worker-3',
      ending: 'refused',
      left: 'changed',
      code: 'FILE_CHANGED_SINCE_RUN',
      diff: expect.stringContaining('+  hourly'),
    });
    expect(fixture.state()).toEqual(five.map((name) => `${name} ${name === 'worker-3' ? 'other' : 'old'}`));

    put(fixture.node('worker-3'), newContent);
    expect(
      await undoRun({ ...fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) }), run }),
    ).toMatchObject({
      verdict: 'done',
    });
    expect(fixture.state()).toEqual(five.map((name) => `${name} old`));
  });

  it('on a full disk puts back what it can, names the rest, and says that it is a part', async () => {
    const fixture = makeFixture(['worker-1']);
    const node = fixture.node('worker-1');
    const folder = '/etc/logrotate.d';
    node.mount('-t', 'tmpfs', '-o', 'size=512k,mode=755', 'tmpfs', node.path(folder));
    const [made, docker, second] = [`${folder}/made`, `${folder}/docker`, `${folder}/second`];
    for (const path of [docker, second])
      node.outside('sh', '-c', 'printf %s "$2" >"$1" && chmod 644 "$1"', 'sh', node.path(path), oldContent);
    const plan = planFor(fixture.nodes, {
      actions: (of) => [
        ruleFor(of, { path: made, from: 'absent', verify: [] }),
        ruleFor(of, { path: docker, verify: [] }),
        ruleFor(of, { path: second, verify: [] }),
      ],
    });
    const { run, verdict } = await applyPlan({ ...fixture.dependencies(), plan });
    expect(verdict).toBe('done');
    node.outside('sh', '-c', 'cat /dev/zero >"$1" 2>/dev/null || :', 'sh', node.path(`${folder}/filler`));

    const undone = await undoRun({ ...fixture.dependencies(), run });

    expect(undone).toMatchObject({ verdict: 'partly', exitCode: 6 });
    expect(undone.nodes[0]?.params?.['notUndone']).toBe(`${second}, ${docker}`);
    expect(node.outside('ls', node.path(folder))).toBe('docker\nfiller\nsecond\n');
    node.outside('rm', node.path(`${folder}/filler`));
    expect(await undoRun({ ...fixture.dependencies(), run })).toMatchObject({ verdict: 'done', exitCode: 0 });
    expect(node.outside('cat', node.path(second))).toBe(oldContent);
    await expect(resumeRun({ ...fixture.dependencies(), run })).rejects.toMatchObject({
      code: 'RUN_BEING_UNDONE',
      message: expect.stringContaining('nothing to resume') as unknown,
    });
  });

  it('leaves a file that was made unchangeable since, and says so', async () => {
    const fixture = makeFixture(['worker-1']);
    const node = fixture.node('worker-1');
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    node.outside('chattr', '+i', node.path('/etc/logrotate.d/docker'));
    try {
      expect((await undoRun({ ...fixture.dependencies(), run })).nodes[0]).toMatchObject({
        ending: 'failed',
        left: 'unknown',
        // This node has no lsattr, which would have told it before anything was tried.
        code: 'NODE_WRITE_FAILED',
        params: { context: 'denied' },
      });
    } finally {
      node.outside('chattr', '-i', node.path('/etc/logrotate.d/docker'));
    }
    expect(await undoRun({ ...fixture.dependencies(), run })).toMatchObject({ verdict: 'done' });
  });

  it('of a run that nobody knows writes nothing', async () => {
    const fixture = makeFixture(['worker-1']);
    const run = '20261124-0931-container-logs-7f3a';
    await expect(undoRun({ ...fixture.dependencies(), run })).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    await expect(resumeRun({ ...fixture.dependencies(), run })).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    await expect(verifyRun({ ...fixture.dependencies(), run })).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    await expect(undoRun({ ...fixture.dependencies(), run: '../../etc' })).rejects.toMatchObject({
      code: 'RUN_ID_INVALID',
    });
    expect(await fixture.journal().runs()).toEqual([]);
  });

  it("does not follow records that came with another machine's image", async () => {
    const fixture = makeFixture(['worker-1']);
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    writeFileSync(fixture.node('worker-1').path('/etc/machine-id'), `${'9'.repeat(32)}\n`);
    const lock = fixture.node('worker-1').path('/var/lib/nodemend/lock');
    // One that came with them, of a machine that was locked: no other command could end it.
    writeFileSync(lock, `${run}\nof-another-machine\nkim@laptop\n2026-11-24T09:31:00Z\n`);
    const result = await undoRun({ ...fixture.dependencies(), run });
    expect(brief(result)).toEqual(['worker-1 refused unknown inspect NODE_RECORD_FOREIGN']);
    expect(result.locked).toEqual([]);
    expect(fixture.content('worker-1')).toBe(newContent);
    expect(existsSync(lock)).toBe(false);
  });
});

it('undo undoes the named nodes alone, and the rest later', async () => {
  const fixture = makeFixture(['worker-1', 'worker-2']);
  const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
  expect(await undoRun({ ...fixture.dependencies(), run, only: ['worker-2'] })).toMatchObject({
    verdict: 'done',
    nodes: [{ node: 'worker-2' }],
  });
  expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old']);
  await expect(undoRun({ ...fixture.dependencies(), run, only: ['worker-9'] })).rejects.toMatchObject({
    code: 'RUN_UNKNOWN',
  });
  expect(await undoRun({ ...fixture.dependencies(), run })).toMatchObject({ verdict: 'done' });
  expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
});
