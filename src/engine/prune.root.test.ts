import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { chrootTransport, targetOf } from '../../test/chroot/chroot-transport.ts';
import { planFor, RolloutFixture, ruleFor } from '../../test/chroot/rollout-fixture.ts';
import { shells, type Shell } from '../../test/chroot/tool-root.ts';
import { findPrunable, pruneFound, type PruneRequest } from './prune.ts';
import { applyPlan } from './rollout/apply-plan.ts';
import { undoRun } from './undo.ts';

const fixtures: RolloutFixture[] = [];
afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove();
});

function makeFixture(shell: Shell): RolloutFixture {
  const fixture = new RolloutFixture(['worker-1'], shell);
  fixtures.push(fixture);
  return fixture;
}

function request(fixture: RolloutFixture, change: Partial<PruneRequest> = {}): PruneRequest {
  return {
    transport: chrootTransport(fixture.nodes),
    targets: fixture.nodes.map(targetOf),
    days: 30,
    copies: false,
    concurrency: 4,
    signal: new AbortController().signal,
    ...change,
  };
}

function runsOn(fixture: RolloutFixture): readonly string[] {
  return readdirSync(fixture.node('worker-1').path('/var/lib/nodemend/runs'));
}

/** As if the run had been left alone for so long. */
function age(fixture: RolloutFixture, run: string, days: number): void {
  const node = fixture.node('worker-1');
  node.outside(
    'sh',
    '-c',
    `find "$1" -exec touch -d '${days} days ago' {} +`,
    'sh',
    node.path(`/var/lib/nodemend/runs/${run}`),
  );
}

describe.each(shells)('prune under %s', (shell) => {
  it('takes away what was undone long ago, and keeps what can be undone; undo does not miss it', async () => {
    const fixture = makeFixture(shell);
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    const elsewhere = fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) });
    await undoRun({ ...elsewhere, run });
    const kept = await applyPlan({
      ...fixture.dependencies(),
      plan: planFor(fixture.nodes, {
        actions: (node) => [ruleFor(node, { path: '/etc/logrotate.d/second', from: 'absent', verify: [] })],
      }),
    });
    expect((await findPrunable(request(fixture))).nodes).toEqual([{ node: 'worker-1', prunable: [] }]);
    age(fixture, run, 31);
    age(fixture, kept.run, 400);

    const found = await findPrunable(request(fixture));
    expect(found.nodes).toEqual([{ node: 'worker-1', prunable: [{ run, what: 'over', days: 31, bytes: 0 }] }]);
    expect(runsOn(fixture)).toHaveLength(2);

    expect(await pruneFound(request(fixture), found)).toMatchObject({ nodes: found.nodes, unknown: [] });
    expect(runsOn(fixture)).toEqual([kept.run]);
    expect(await undoRun({ ...fixture.dependencies(), run })).toMatchObject({ verdict: 'done' });
    expect(await undoRun({ ...fixture.dependencies(), run: kept.run })).toMatchObject({ verdict: 'done' });
  });

  it('takes away what had come of an image and was never named, and nothing that a runtime may hold', async () => {
    const fixture = makeFixture(shell);
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    const folder = fixture.node('worker-1').path(`/var/lib/nodemend/runs/${run}`);
    const action = `${folder}/${readdirSync(folder)[0]}`;
    const phase = readdirSync(action).find((name) => name.startsWith('phase-')) ?? '';
    renameSync(`${action}/${phase}`, `${action}/phase-staged`);
    for (const file of ['archive', 'importing']) writeFileSync(`${action}/${file}`, 'half');
    age(fixture, run, 31);
    expect((await findPrunable(request(fixture))).nodes).toEqual([{ node: 'worker-1', prunable: [] }]);
    rmSync(`${action}/importing`);
    age(fixture, run, 31);
    expect((await findPrunable(request(fixture))).nodes).toMatchObject([{ prunable: [{ run, what: 'over' }] }]);
  });

  it('takes copies of logs away only when that was said, and looks again before it does', async () => {
    const fixture = makeFixture(shell);
    const { run } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    const folder = fixture.node('worker-1').path(`/var/lib/nodemend/runs/${run}`);
    const copy = `${folder}/${readdirSync(folder)[0]}/before.gz`;
    writeFileSync(copy, 'compressed');
    age(fixture, run, 40);

    expect((await findPrunable(request(fixture))).nodes[0]?.prunable).toEqual([]);
    const limits = request(fixture, { copies: true });
    const found = await findPrunable(limits);
    expect(found.nodes[0]?.prunable).toEqual([{ run, what: 'copies', days: 40, bytes: 10 }]);

    // Somebody works on the run meanwhile.
    age(fixture, run, 0);
    expect((await pruneFound(limits, found)).nodes[0]?.prunable).toEqual([]);
    expect(existsSync(copy)).toBe(true);
    age(fixture, run, 40);
    await pruneFound(limits, found);
    expect([existsSync(copy), existsSync(folder)]).toEqual([false, true]);
  });
});
