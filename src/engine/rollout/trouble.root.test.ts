import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newContent, put } from '../../../test/chroot/file-fixture.ts';
import { planFor, ruleFor } from '../../../test/chroot/rollout-fixture.ts';
import { brief, five, fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { resumeRun } from '../resume.ts';
import type { RunResult } from '../run.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';
import commit from '../../actions/file/commit.sh?raw';

const makeFixture = fixtureMaker();

describe('a run that meets trouble', () => {
  it('stops at a canary that validation rejects: nothing stays changed', async () => {
    const fixture = makeFixture();
    writeFileSync(fixture.node('worker-1').path('/tmp/reject-staged'), '');

    const result = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });

    expect(result).toMatchObject({
      verdict: 'stopped-and-restored',
      exitCode: 7,
      stopped: { why: 'failures', failures: 1, max: 0 },
    });
    expect(brief(result)).toEqual([
      'worker-1 failed as-before validate CHECK_FAILED',
      ...five.slice(1).map((node) => `${node} not-started as-before`),
    ]);
    expect(fixture.state()).toEqual(five.map((name) => `${name} old`));
  });

  it('restores a node that verification rejects, keeps the ones before, and says so', async () => {
    const fixture = makeFixture();
    writeFileSync(fixture.node('worker-2').path('/tmp/reject-placed'), '');

    const result = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });

    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6 });
    expect(brief(result)).toEqual([
      'worker-1 done changed',
      'worker-2 failed as-before verify CHECK_FAILED',
      ...five.slice(2).map((node) => `${node} not-started as-before`),
    ]);
    expect(fixture.state()).toEqual(['worker-1 new', ...five.slice(1).map((name) => `${name} old`)]);
    await expect(resumeRun({ ...fixture.dependencies(), run: result.run })).rejects.toMatchObject({
      code: 'RUN_ENDED',
    });
  });

  it('goes on over failures that were allowed', async () => {
    const fixture = makeFixture();
    writeFileSync(fixture.node('worker-2').path('/tmp/reject-placed'), '');
    const result = await applyPlan({
      ...fixture.dependencies({ options: { maxFailures: 1, owner: 'kim' } }),
      plan: planFor(fixture.nodes),
    });
    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6 });
    expect(fixture.state()).toEqual(five.map((name) => `${name} ${name === 'worker-2' ? 'old' : 'new'}`));
  });

  it('takes a node back as a whole when its second action fails', async () => {
    const fixture = makeFixture(['worker-1']);
    const second = '/etc/logrotate.d/second';
    const plan = planFor(fixture.nodes, {
      actions: (node) => [
        ruleFor(node),
        ruleFor(node, {
          path: second,
          from: 'absent',
          verify: [{ check: 'container-logs/placed', args: ['/etc/none'] }],
        }),
      ],
    });

    const result = await applyPlan({ ...fixture.dependencies(), plan });

    expect(brief(result)).toEqual(['worker-1 failed as-before verify CHECK_FAILED']);
    expect(fixture.state()).toEqual(['worker-1 old']);
  });

  it('refuses a file that was edited since the plan, with the diff', async () => {
    const fixture = makeFixture();
    put(fixture.node('worker-1'), 'by hand\n');
    const result = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    expect(result).toMatchObject({ verdict: 'refused', exitCode: 8 });
    expect(result.nodes[0]).toMatchObject({
      ending: 'refused',
      left: 'as-before',
      code: 'FILE_CHANGED_SINCE_PLAN',
      diff: expect.stringContaining('+by hand'),
    });
    expect(fixture.content('worker-1')).toBe('by hand\n');
    expect(fixture.state()[0]).toBe('worker-1 other');
  });

  it('refuses all of a plan when one machine was rebooted or replaced', async () => {
    const fixture = makeFixture();
    writeFileSync(fixture.node('worker-4').path('/proc/sys/kernel/random/boot_id'), 'another\n');
    const result = await applyPlan({
      ...fixture.dependencies({ options: { maxFailures: 9, owner: 'kim' } }),
      plan: planFor(fixture.nodes),
    });
    expect(result).toMatchObject({ verdict: 'refused', exitCode: 8, stopped: { why: 'error', code: 'PLAN_STALE' } });
    expect(fixture.state()).toEqual(five.map((name) => `${name} old`));
  });

  it('leaves what is already as wanted, and undo leaves it too', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    put(fixture.node('worker-1'), newContent);
    const result = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    expect(brief(result)).toEqual(['worker-1 done as-before', 'worker-2 done changed']);
    await undoRun({ ...fixture.dependencies(), run: result.run });
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old']);
  });

  it('refuses a second run while the first one works, naming it', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    const plan = planFor(fixture.nodes);
    let second: RunResult | undefined;
    const first = await applyPlan({
      ...fixture.dependencies({
        transport: fixture.transport((connection) => ({
          ...connection,
          exec: async (request) => {
            // Right in the middle: the first node is staged.
            if (request.script.includes('mv -fT') && request.script.includes('committing') && !second) {
              second = await applyPlan({
                ...fixture.dependencies({
                  journal: fixture.journal(fixture.newFolder()),
                  options: { owner: 'lee@desk' },
                }),
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
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 new']);
  });

  it('is neither resumed nor undone while it is at work on this machine', async () => {
    const fixture = makeFixture(['worker-1']);
    const codes: string[] = [];
    let run = '';
    let tries: Promise<unknown> = Promise.resolve();
    const refusal = (work: Promise<unknown>): Promise<void> =>
      work.then(
        () => {},
        (error: NodemendError) => void codes.push(error.code),
      );
    const dependencies = fixture.dependencies({
      onEvent: (event) => {
        if (event.event === 'started') ({ run } = event);
        if (event.event === 'batch')
          tries = Promise.all([
            refusal(resumeRun({ ...fixture.dependencies(), run })),
            refusal(undoRun({ ...fixture.dependencies(), run })),
          ]);
      },
      transport: fixture.transport(async (connection) => {
        await tries;
        return connection;
      }),
    });
    expect(await applyPlan({ ...dependencies, plan: planFor(fixture.nodes) })).toMatchObject({ verdict: 'done' });
    expect(codes).toEqual(['RUN_ACTIVE', 'RUN_ACTIVE']);
  });
});

describe('a node that cannot be reached', () => {
  const unreachable = (node: string) => new NodemendError('SSH_REFUSED', { node, address: 'x', port: 22 });

  it('counts as failed before the first batch: nothing begins', async () => {
    const fixture = makeFixture();
    const transport = fixture.transport((connection) => {
      if (connection.node === 'worker-5') throw unreachable('worker-5');
      return connection;
    });
    const result = await applyPlan({ ...fixture.dependencies({ transport }), plan: planFor(fixture.nodes) });
    expect(result).toMatchObject({
      verdict: 'refused',
      exitCode: 8,
      stopped: { why: 'failures', failures: 1, max: 0 },
    });
    expect(result.nodes[4]).toMatchObject({ ending: 'unreachable', left: 'as-before', code: 'SSH_REFUSED' });
    expect(fixture.state()).toEqual(five.map((name) => `${name} old`));
  });

  it('is left out when failures are allowed', async () => {
    const fixture = makeFixture();
    const transport = fixture.transport((connection) => {
      if (connection.node === 'worker-1') throw unreachable('worker-1');
      return connection;
    });
    const result = await applyPlan({
      ...fixture.dependencies({ transport, options: { maxFailures: 1, owner: 'kim' } }),
      plan: planFor(fixture.nodes),
    });
    expect(brief(result)).toEqual([
      'worker-1 unreachable as-before lock SSH_REFUSED',
      ...five.slice(1).map((node) => `${node} done changed`),
    ]);
    expect(result.exitCode).toBe(6);
  });

  it('whose connection breaks after the change took force is undone over a new one', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    let broken = false;
    const transport = fixture.transport((connection) => ({
      ...connection,
      exec: async (request) => {
        const answer = await connection.exec(request);
        if (request.script.includes(commit) && !broken) {
          broken = true;
          throw new NodemendError('SSH_CONNECTION_LOST', { node: connection.node });
        }
        return answer;
      },
    }));
    const result = await applyPlan({ ...fixture.dependencies({ transport }), plan: planFor(fixture.nodes) });
    expect(brief(result)).toEqual([
      'worker-1 unreachable as-before commit SSH_CONNECTION_LOST',
      'worker-2 not-started as-before',
    ]);
    expect(result.verdict).toBe('stopped-and-restored');
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('and stays away is reported as unknown, and stays locked until undo', async () => {
    const fixture = makeFixture(['worker-1', 'worker-2']);
    let gone = false;
    const transport = fixture.transport((connection) => {
      if (gone && connection.node === 'worker-1') throw unreachable('worker-1');
      if (connection.node !== 'worker-1') return connection;
      return {
        ...connection,
        exec: async (request) => {
          if (!gone) {
            const answer = await connection.exec(request);
            if (!request.script.includes(commit)) return answer;
          }
          gone = true;
          throw new NodemendError('COMMAND_TIMED_OUT', { node: connection.node, seconds: 60 });
        },
      };
    });
    const result = await applyPlan({ ...fixture.dependencies({ transport }), plan: planFor(fixture.nodes) });
    expect(brief(result)).toEqual([
      'worker-1 timed-out unknown commit COMMAND_TIMED_OUT',
      'worker-2 not-started as-before',
    ]);
    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6, locked: ['worker-1'] });
    expect(fixture.state()).toEqual(['worker-1 new locked', 'worker-2 old']);

    expect(await undoRun({ ...fixture.dependencies(), run: result.run })).toMatchObject({ verdict: 'done' });
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });
});
