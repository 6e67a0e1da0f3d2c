import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newContent, put } from '../../../test/chroot/file-scene.ts';
import { planFor, ruleFor } from '../../../test/chroot/rollout-scene.ts';
import { brief, five, sceneMaker } from '../../../test/chroot/rollout-scenes.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { resumeRun } from '../resume.ts';
import type { RunResult } from '../run.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';

const makeScene = sceneMaker();

describe('a run that meets trouble', () => {
  it('stops at a canary that validation rejects: nothing stays changed', async () => {
    const scene = makeScene();
    writeFileSync(scene.node('worker-1').path('/tmp/reject-staged'), '');

    const result = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });

    expect(result).toMatchObject({
      verdict: 'stopped-and-restored',
      exitCode: 7,
      stopped: { why: 'failures', failures: 1, max: 0 },
    });
    expect(brief(result)).toEqual([
      'worker-1 failed as-before validate',
      ...five.slice(1).map((node) => `${node} not-started as-before`),
    ]);
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
    const result = await applyPlan({
      ...scene.world({ options: { maxFailures: 1, owner: 'kim' } }),
      plan: planFor(scene.nodes),
    });
    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6 });
    expect(scene.state()).toEqual(five.map((name) => `${name} ${name === 'worker-2' ? 'old' : 'new'}`));
  });

  it('takes a node back as a whole when its second action fails', async () => {
    const scene = makeScene(['worker-1']);
    const second = '/etc/logrotate.d/second';
    const plan = planFor(scene.nodes, {
      actions: (node) => [
        ruleFor(node),
        ruleFor(node, {
          path: second,
          from: 'absent',
          verify: [{ check: 'container-logs/placed', args: ['/etc/none'] }],
        }),
      ],
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
    expect(result.nodes[0]).toMatchObject({
      ending: 'refused',
      left: 'as-before',
      code: 'FILE_CHANGED_SINCE_PLAN',
      diff: expect.stringContaining('+by hand'),
    });
    expect(scene.content('worker-1')).toBe('by hand\n');
    expect(scene.state()[0]).toBe('worker-1 other');
  });

  it('refuses all of a plan when one machine was rebooted or replaced', async () => {
    const scene = makeScene();
    writeFileSync(scene.node('worker-4').path('/proc/sys/kernel/random/boot_id'), 'another\n');
    const result = await applyPlan({
      ...scene.world({ options: { maxFailures: 9, owner: 'kim' } }),
      plan: planFor(scene.nodes),
    });
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
              second = await applyPlan({
                ...scene.world({ journal: scene.journal(scene.newFolder()), options: { owner: 'lee@desk' } }),
                plan,
              });
            }
            return connection.exec(request);
          },
        })),
      }),
      plan,
    });

    expect(first).toMatchObject({ verdict: 'done' });
    expect(second).toMatchObject({ verdict: 'refused', exitCode: 8 });
    expect(second?.nodes[0]).toMatchObject({
      ending: 'refused',
      code: 'NODE_LOCKED',
      params: { run: first.run, owner: 'kim@laptop' },
    });
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 new']);
  });

  it('is neither resumed nor undone while it is at work on this machine', async () => {
    const scene = makeScene(['worker-1']);
    const codes: string[] = [];
    let run = '';
    let tries: Promise<unknown> = Promise.resolve();
    const refusal = (work: Promise<unknown>): Promise<void> =>
      work.then(
        () => {},
        (error: NodemendError) => void codes.push(error.code),
      );
    const world = scene.world({
      onEvent: (event) => {
        if (event.event === 'started') ({ run } = event);
        if (event.event === 'batch')
          tries = Promise.all([
            refusal(resumeRun({ ...scene.world(), run })),
            refusal(undoRun({ ...scene.world(), run })),
          ]);
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
    expect(result).toMatchObject({
      verdict: 'refused',
      exitCode: 8,
      stopped: { why: 'failures', failures: 1, max: 0 },
    });
    expect(result.nodes[4]).toMatchObject({ ending: 'unreachable', left: 'as-before', code: 'SSH_REFUSED' });
    expect(scene.state()).toEqual(five.map((name) => `${name} old`));
  });

  it('is left out when failures are allowed', async () => {
    const scene = makeScene();
    const transport = scene.transport((connection) => {
      if (connection.node === 'worker-1') throw unreachable('worker-1');
      return connection;
    });
    const result = await applyPlan({
      ...scene.world({ transport, options: { maxFailures: 1, owner: 'kim' } }),
      plan: planFor(scene.nodes),
    });
    expect(brief(result)).toEqual([
      'worker-1 unreachable as-before lock SSH_REFUSED',
      ...five.slice(1).map((node) => `${node} done changed`),
    ]);
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
    expect(brief(result)).toEqual([
      'worker-1 unreachable as-before commit SSH_CONNECTION_LOST',
      'worker-2 not-started as-before',
    ]);
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
    expect(brief(result)).toEqual([
      'worker-1 timed-out unknown commit COMMAND_TIMED_OUT',
      'worker-2 not-started as-before',
    ]);
    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6, locked: ['worker-1'] });
    expect(scene.state()).toEqual(['worker-1 new locked', 'worker-2 old']);

    expect(await undoRun({ ...scene.world(), run: result.run })).toMatchObject({ verdict: 'done' });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });
});
