import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { newContent, put } from '../../../test/chroot/file-scene.ts';
import { planFor, RolloutScene, ruleFor } from '../../../test/chroot/rollout-scene.ts';
import { shells } from '../../../test/chroot/tool-root.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { listNodeRuns, listRuns } from '../history.ts';
import { resumeRun } from '../resume.ts';
import type { NodeOutcome, RunResult } from '../run.ts';
import { undoRun } from '../undo.ts';
import { verifyRun } from '../verify.ts';
import { applyPlan } from './apply-plan.ts';

const five = ['worker-1', 'worker-2', 'worker-3', 'worker-4', 'worker-5'];

const scenes: RolloutScene[] = [];
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.remove();
});

function makeScene(names: readonly string[] = five, shell: (typeof shells)[number] = 'dash'): RolloutScene {
  const scene = new RolloutScene(names, shell);
  scenes.push(scene);
  return scene;
}

function brief(result: RunResult): readonly string[] {
  return result.nodes.map(({ node, ending, left, step, code }: NodeOutcome) => [node, ending, left, step, code].filter(Boolean).join(' '));
}

describe.each(shells)('a run on real shells (%s)', (shell) => {
  it('goes batch by batch, is written down, verified, undone, and knows it', async () => {
    const scene = makeScene(five, shell);
    const plan = planFor(scene.nodes);

    const result = await applyPlan({ ...scene.world(), plan });

    expect(result).toMatchObject({ verdict: 'done', exitCode: 0, interrupted: false, locked: [] });
    expect(scene.state()).toEqual(five.map((name) => `${name} new`));
    expect(scene.events.filter((event) => event.event === 'batch').map((event) => event.event === 'batch' && event.nodes)).toEqual([
      ['worker-1'],
      ['worker-2'],
      ['worker-3', 'worker-4', 'worker-5'],
    ]);
    const { run } = result;
    expect(await listRuns(scene.journal())).toMatchObject([{ run, kind: 'apply', state: 'ended', verdict: 'done', problems: ['container-logs'], nodes: five }]);
    expect(await verifyRun({ ...scene.world(), run })).toMatchObject({ exitCode: 0, verifications: five.map((node) => ({ node, state: 'holds', subject: '/etc/logrotate.d/docker' })) });
    const remembered = await listNodeRuns({ ...scene.world(), concurrency: 4 });
    expect(remembered).toMatchObject({ locks: [], unknown: [], runs: five.map((node) => ({ run, node, owner: 'kim@laptop', phases: ['kept'] })) });

    put(scene.node('worker-2'), `${newContent}# by hand\n`);
    expect(await verifyRun({ ...scene.world(), run })).toMatchObject({ exitCode: 3 });
    put(scene.node('worker-2'), newContent);

    expect(await undoRun({ ...scene.world(), run })).toMatchObject({ verdict: 'done', exitCode: 0 });
    expect(scene.state()).toEqual(five.map((name) => `${name} old`));
    expect((await verifyRun({ ...scene.world(), run })).verifications.map(({ state }) => state)).toEqual(five.map(() => 'undone'));
    expect(await undoRun({ ...scene.world(), run })).toMatchObject({ verdict: 'done', exitCode: 0 });
    await expect(resumeRun({ ...scene.world(), run })).rejects.toMatchObject({ code: 'RUN_BEING_UNDONE' });
  });
});

describe('a run that meets trouble', () => {
  it('stops at a canary that validation rejects: nothing stays changed', async () => {
    const scene = makeScene();
    writeFileSync(scene.node('worker-1').path('/tmp/reject-staged'), '');

    const result = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });

    expect(result).toMatchObject({ verdict: 'stopped-and-restored', exitCode: 7, stopped: { why: 'failures', failures: 1, max: 0 } });
    expect(brief(result)).toEqual(['worker-1 failed as-before validate', ...five.slice(1).map((node) => `${node} not-started as-before`)]);
    expect(scene.state()).toEqual(five.map((name) => `${name} old`));
  });

  it('restores a node that verification rejects, keeps the ones before, and says so', async () => {
    const scene = makeScene();
    writeFileSync(scene.node('worker-2').path('/tmp/reject-placed'), '');

    const result = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });

    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6 });
    expect(brief(result)).toEqual([
      'worker-1 done changed',
      'worker-2 failed as-before verify',
      ...five.slice(2).map((node) => `${node} not-started as-before`),
    ]);
    expect(scene.state()).toEqual(['worker-1 new', ...five.slice(1).map((name) => `${name} old`)]);
    await expect(resumeRun({ ...scene.world(), run: result.run })).rejects.toMatchObject({ code: 'RUN_ENDED' });
  });

  it('goes on over failures that were allowed', async () => {
    const scene = makeScene();
    writeFileSync(scene.node('worker-2').path('/tmp/reject-placed'), '');
    const result = await applyPlan({ ...scene.world({ options: { maxFailures: 1, owner: 'kim' } }), plan: planFor(scene.nodes) });
    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6 });
    expect(scene.state()).toEqual(five.map((name) => `${name} ${name === 'worker-2' ? 'old' : 'new'}`));
  });

  it('takes a node back as a whole when its second action fails', async () => {
    const scene = makeScene(['worker-1']);
    const second = '/etc/logrotate.d/second';
    const plan = planFor(scene.nodes, {
      actions: (node) => [ruleFor(node), ruleFor(node, { path: second, from: 'absent', verify: [{ check: 'container-logs/placed', args: ['/etc/none'] }] })],
    });

    const result = await applyPlan({ ...scene.world(), plan });

    expect(brief(result)).toEqual(['worker-1 failed as-before verify']);
    expect(scene.state()).toEqual(['worker-1 old']);
  });

  it('refuses a file that was edited since the plan, with the diff', async () => {
    const scene = makeScene();
    put(scene.node('worker-1'), 'by hand\n');
    const result = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    expect(result).toMatchObject({ verdict: 'refused', exitCode: 8 });
    expect(result.nodes[0]).toMatchObject({ ending: 'refused', left: 'as-before', code: 'FILE_CHANGED_SINCE_PLAN', diff: expect.stringContaining('+by hand') });
    expect(scene.content('worker-1')).toBe('by hand\n');
    expect(scene.state()[0]).toBe('worker-1 other');
  });

  it('refuses all of a plan when one machine was rebooted or replaced', async () => {
    const scene = makeScene();
    writeFileSync(scene.node('worker-4').path('/proc/sys/kernel/random/boot_id'), 'another\n');
    const result = await applyPlan({ ...scene.world({ options: { maxFailures: 9, owner: 'kim' } }), plan: planFor(scene.nodes) });
    expect(result).toMatchObject({ verdict: 'refused', exitCode: 8, stopped: { why: 'error', code: 'PLAN_STALE' } });
    expect(scene.state()).toEqual(five.map((name) => `${name} old`));
  });

  it('leaves what is already as wanted, and undo leaves it too', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    put(scene.node('worker-1'), newContent);
    const result = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    expect(brief(result)).toEqual(['worker-1 done as-before', 'worker-2 done changed']);
    await undoRun({ ...scene.world(), run: result.run });
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 old']);
  });

  it('refuses a second run while the first one works, naming it', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    const plan = planFor(scene.nodes);
    let second: RunResult | undefined;
    const first = await applyPlan({
      ...scene.world({
        transport: scene.transport((connection) => ({
          ...connection,
          exec: async (request) => {
            // Right in the middle: the first node is staged.
            if (request.script.includes('mv -fT') && request.script.includes('committing') && !second) {
              second = await applyPlan({ ...scene.world({ journal: scene.journal(scene.newFolder()), options: { owner: 'lee@desk' } }), plan });
            }
            return connection.exec(request);
          },
        })),
      }),
      plan,
    });

    expect(first).toMatchObject({ verdict: 'done' });
    expect(second).toMatchObject({ verdict: 'refused', exitCode: 8 });
    expect(second?.nodes[0]).toMatchObject({ ending: 'refused', code: 'NODE_LOCKED', params: { run: first.run, owner: 'kim@laptop' } });
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 new']);
  });

  it('is neither resumed nor undone while it is at work on this machine', async () => {
    const scene = makeScene(['worker-1']);
    const codes: string[] = [];
    let run = '';
    let tries: Promise<unknown> = Promise.resolve();
    const refusal = (work: Promise<unknown>): Promise<void> => work.then(() => {}, (error: NodemendError) => void codes.push(error.code));
    const world = scene.world({
      onEvent: (event) => {
        if (event.event === 'started') ({ run } = event);
        if (event.event === 'batch') tries = Promise.all([refusal(resumeRun({ ...scene.world(), run })), refusal(undoRun({ ...scene.world(), run }))]);
      },
      transport: scene.transport(async (connection) => {
        await tries;
        return connection;
      }),
    });
    expect(await applyPlan({ ...world, plan: planFor(scene.nodes) })).toMatchObject({ verdict: 'done' });
    expect(codes).toEqual(['RUN_ACTIVE', 'RUN_ACTIVE']);
  });
});

describe('a node that cannot be reached', () => {
  const unreachable = (node: string) => new NodemendError('SSH_REFUSED', { node, address: 'x', port: 22 });

  it('counts as failed before the first batch: nothing begins', async () => {
    const scene = makeScene();
    const transport = scene.transport((connection) => {
      if (connection.node === 'worker-5') throw unreachable('worker-5');
      return connection;
    });
    const result = await applyPlan({ ...scene.world({ transport }), plan: planFor(scene.nodes) });
    expect(result).toMatchObject({ verdict: 'refused', exitCode: 8, stopped: { why: 'failures', failures: 1, max: 0 } });
    expect(result.nodes[4]).toMatchObject({ ending: 'unreachable', left: 'as-before', code: 'SSH_REFUSED' });
    expect(scene.state()).toEqual(five.map((name) => `${name} old`));
  });

  it('is left out when failures are allowed', async () => {
    const scene = makeScene();
    const transport = scene.transport((connection) => {
      if (connection.node === 'worker-1') throw unreachable('worker-1');
      return connection;
    });
    const result = await applyPlan({ ...scene.world({ transport, options: { maxFailures: 1, owner: 'kim' } }), plan: planFor(scene.nodes) });
    expect(brief(result)).toEqual(['worker-1 unreachable as-before lock SSH_REFUSED', ...five.slice(1).map((node) => `${node} done changed`)]);
    expect(result.exitCode).toBe(6);
  });

  it('whose connection breaks after the change took force is taken back over a new one', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    let broken = false;
    const transport = scene.transport((connection) => ({
      ...connection,
      exec: async (request) => {
        const answer = await connection.exec(request);
        if (request.script.includes('not-staged') && !broken) {
          broken = true;
          throw new NodemendError('SSH_CONNECTION_LOST', { node: connection.node });
        }
        return answer;
      },
    }));
    const result = await applyPlan({ ...scene.world({ transport }), plan: planFor(scene.nodes) });
    expect(brief(result)).toEqual(['worker-1 unreachable as-before commit SSH_CONNECTION_LOST', 'worker-2 not-started as-before']);
    expect(result.verdict).toBe('stopped-and-restored');
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('and stays away is reported as unknown, and stays locked until undo', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    let gone = false;
    const transport = scene.transport((connection) => {
      if (gone && connection.node === 'worker-1') throw unreachable('worker-1');
      if (connection.node !== 'worker-1') return connection;
      return {
        ...connection,
        exec: async (request) => {
          if (!gone) {
            const answer = await connection.exec(request);
            if (!request.script.includes('not-staged')) return answer;
          }
          gone = true;
          throw new NodemendError('COMMAND_TIMED_OUT', { node: connection.node, seconds: 60 });
        },
      };
    });
    const result = await applyPlan({ ...scene.world({ transport }), plan: planFor(scene.nodes) });
    expect(brief(result)).toEqual(['worker-1 timed-out unknown commit COMMAND_TIMED_OUT', 'worker-2 not-started as-before']);
    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6, locked: ['worker-1'] });
    expect(scene.state()).toEqual(['worker-1 new locked', 'worker-2 old']);

    expect(await undoRun({ ...scene.world(), run: result.run })).toMatchObject({ verdict: 'done' });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });
});

describe('Ctrl-C', () => {
  it('in the middle of a check takes the node back at once, and resume finishes the run', async () => {
    const scene = makeScene(['worker-1', 'worker-2', 'worker-3']);
    const plan = planFor(scene.nodes);
    const controller = new AbortController();
    const transport = scene.transport((connection) => ({
      ...connection,
      exec: (request) => {
        if (connection.node === 'worker-2' && request.script.includes('reject-staged')) {
          // As a transport answers when its request's signal is aborted.
          setImmediate(() => controller.abort());
          return new Promise((_, reject) =>
            request.signal?.addEventListener('abort', () => reject(new NodemendError('COMMAND_INTERRUPTED', { node: connection.node }))),
          );
        }
        return connection.exec(request);
      },
    }));

    const result = await applyPlan({ ...scene.world({ transport, signal: controller.signal }), plan });

    expect(result).toMatchObject({ verdict: 'partly', interrupted: true, stopped: { why: 'interrupted' }, locked: [] });
    expect(brief(result)).toEqual(['worker-1 done changed', 'worker-2 interrupted as-before validate', 'worker-3 not-started as-before']);
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 old', 'worker-3 old']);
    expect(await listRuns(scene.journal())).toMatchObject([{ state: 'interrupted' }]);

    const resumed = await resumeRun({ ...scene.world(), run: result.run });
    expect(resumed).toMatchObject({ verdict: 'done', exitCode: 0 });
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 new', 'worker-3 new']);
  });

  it('after the change took force finishes the action', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    const controller = new AbortController();
    const world = scene.world({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.event === 'step-ended' && event.step === 'commit') controller.abort();
      },
    });
    const result = await applyPlan({ ...world, plan: planFor(scene.nodes) });
    expect(brief(result)).toEqual(['worker-1 done changed', 'worker-2 not-started as-before']);
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 old']);
  });
});

describe('undo', () => {
  it('leaves a file that was edited since, with the diff, and restores the others', async () => {
    const scene = makeScene();
    const { run } = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    put(scene.node('worker-3'), newContent.replace('daily', 'hourly'));

    const result = await undoRun({ ...scene.world({ journal: scene.journal(scene.newFolder()) }), run });

    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6 });
    expect(result.nodes[2]).toMatchObject({ node: 'worker-3', ending: 'refused', left: 'changed', code: 'FILE_CHANGED_SINCE_RUN', diff: expect.stringContaining('+  hourly') });
    expect(scene.state()).toEqual(five.map((name) => `${name} ${name === 'worker-3' ? 'other' : 'old'}`));

    put(scene.node('worker-3'), newContent);
    expect(await undoRun({ ...scene.world({ journal: scene.journal(scene.newFolder()) }), run })).toMatchObject({ verdict: 'done' });
    expect(scene.state()).toEqual(five.map((name) => `${name} old`));
  });

  it('of a run that nobody knows writes nothing', async () => {
    const scene = makeScene(['worker-1']);
    const run = '20261124-0931-container-logs-7f3a';
    await expect(undoRun({ ...scene.world(), run })).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    await expect(resumeRun({ ...scene.world(), run })).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    await expect(verifyRun({ ...scene.world(), run })).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    await expect(undoRun({ ...scene.world(), run: '../../etc' })).rejects.toMatchObject({ code: 'RUN_ID_INVALID' });
    expect(await scene.journal().runs()).toEqual([]);
  });

  it("does not follow records that came with another machine's image", async () => {
    const scene = makeScene(['worker-1']);
    const { run } = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    writeFileSync(scene.node('worker-1').path('/etc/machine-id'), `${'9'.repeat(32)}\n`);
    const result = await undoRun({ ...scene.world(), run });
    expect(brief(result)).toEqual(['worker-1 refused unknown undo PLAN_STALE']);
    expect(scene.content('worker-1')).toBe(newContent);
  });
});

describe('what is written down', () => {
  it('is for its owner alone, and holds no secret of a node', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    const secret = 'hunter2-planted-secret';
    put(scene.node('worker-2'), `postrotate\n  curl -u admin:${secret} https://admin:${secret}@example.invalid/\nendscript\n`);
    writeFileSync(scene.node('worker-1').path('/tmp/said'), `password=${secret}\n`);

    const result = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });

    expect(result.nodes[1]).toMatchObject({ code: 'FILE_CHANGED_SINCE_PLAN', diff: expect.stringContaining('curl') });
    const written = scene.node('worker-1').outside('sh', '-c', 'cat "$1"/*', 'sh', scene.folder);
    expect(written).toContain('"entry":"end"');
    expect(written).not.toContain(secret);
    expect(JSON.stringify([result, scene.events])).not.toContain(secret);
    expect(scene.node('worker-1').outside('sh', '-c', 'cat "$1"/var/lib/nodemend/runs/*/*/record.json', 'sh', scene.node('worker-1').root)).not.toContain(secret);
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
    await expect(applyPlan({ ...scene.world({ journal: failing }), plan: planFor(scene.nodes) })).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' });
    expect(scene.state().map((line) => line.split(' ')[1])).toEqual(['old', 'old']);
  });

  it('is one line a step, before and after', async () => {
    const scene = makeScene(['worker-1']);
    const { run } = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    const lines = readFileSync(join(scene.folder, `${run}.jsonl`), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.map(({ entry, step, outcome }) => [entry, step, typeof outcome === 'string' ? outcome : ''].filter(Boolean).join(' '))).toEqual([
      'begin',
      'before lock', 'after lock done',
      'before stage', 'after stage done',
      'before validate', 'after validate done',
      'before commit', 'after commit done',
      'before verify', 'after verify done',
      'node',
      'before unlock', 'after unlock done',
      'end',
    ]); // prettier-ignore
  });
});

describe('a node that a run left without knowing how', () => {
  it('is settled by resume, though the run has ended', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    let gone = false;
    const transport = scene.transport((connection) => ({
      ...connection,
      exec: async (request) => {
        if (gone) throw new NodemendError('SSH_CONNECTION_LOST', { node: connection.node });
        const answer = await connection.exec(request);
        gone = request.script.includes('not-staged');
        return answer;
      },
    }));
    const { run, locked } = await applyPlan({ ...scene.world({ transport }), plan: planFor(scene.nodes) });
    expect(locked).toEqual(['worker-1', 'worker-2']);
    expect(scene.state()).toEqual(['worker-1 new locked', 'worker-2 old locked']);

    const result = await resumeRun({ ...scene.world(), run });

    expect(result).toMatchObject({ verdict: 'stopped-and-restored', locked: [] });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
    await expect(resumeRun({ ...scene.world(), run })).rejects.toMatchObject({ code: 'RUN_ENDED' });
  });
});

describe('before anything is begun', () => {
  it('a check that this version does not have is refused', async () => {
    const scene = makeScene(['worker-1']);
    const plan = planFor(scene.nodes, { actions: (node) => [ruleFor(node, { verify: [{ check: 'container-logs/of-tomorrow', args: [] }] })] });
    await expect(applyPlan({ ...scene.world(), plan })).rejects.toMatchObject({ code: 'CHECK_UNKNOWN' });
    expect(await scene.journal().runs()).toEqual([]);
  });

  it('a plan with a node that nobody said how to reach is refused', async () => {
    const scene = makeScene(['worker-1', 'worker-2']);
    const world = scene.world();
    await expect(applyPlan({ ...world, targets: world.targets.slice(1), plan: planFor(scene.nodes) })).rejects.toMatchObject({ code: 'PLAN_STALE' });
  });
});

it('undo takes back the named nodes alone, and the rest later', async () => {
  const scene = makeScene(['worker-1', 'worker-2']);
  const { run } = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
  expect(await undoRun({ ...scene.world(), run, only: ['worker-2'] })).toMatchObject({ verdict: 'done', nodes: [{ node: 'worker-2' }] });
  expect(scene.state()).toEqual(['worker-1 new', 'worker-2 old']);
  await expect(undoRun({ ...scene.world(), run, only: ['worker-9'] })).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
  expect(await undoRun({ ...scene.world(), run })).toMatchObject({ verdict: 'done' });
  expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
});

it('another machine without the plan finishes what was begun, and says what is missing', async () => {
  const scene = makeScene(['worker-1', 'worker-2', 'worker-3']);
  const controller = new AbortController();
  const plan = planFor(scene.nodes);
  const world = scene.world({ signal: controller.signal, onEvent: (event) => void (event.event === 'node-ended' && controller.abort()) });
  const { run } = await applyPlan({ ...world, plan });
  const elsewhere = scene.world({ journal: scene.journal(scene.newFolder()) });

  const result = await resumeRun({ ...elsewhere, run });

  expect(result).toMatchObject({ verdict: 'partly', exitCode: 6, stopped: { why: 'error', code: 'RUN_PLAN_MISSING', params: { begun: 1, nodes: 3 } } });
});
