import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { chrootTransport, targetOf } from '../../test/chroot/chroot-transport.ts';
import { planFor, RolloutScene, ruleFor } from '../../test/chroot/rollout-scene.ts';
import { shells, type Shell } from '../../test/chroot/tool-root.ts';
import { findPrunable, pruneFound, type PruneRequest } from './prune.ts';
import { applyPlan } from './rollout/apply-plan.ts';
import { undoRun } from './undo.ts';

const scenes: RolloutScene[] = [];
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.remove();
});

function makeScene(shell: Shell): RolloutScene {
  const scene = new RolloutScene(['worker-1'], shell);
  scenes.push(scene);
  return scene;
}

function request(scene: RolloutScene, change: Partial<PruneRequest> = {}): PruneRequest {
  return {
    transport: chrootTransport(scene.nodes),
    targets: scene.nodes.map(targetOf),
    days: 30,
    copies: false,
    concurrency: 4,
    signal: new AbortController().signal,
    ...change,
  };
}

function runsOn(scene: RolloutScene): readonly string[] {
  return readdirSync(scene.node('worker-1').path('/var/lib/nodemend/runs'));
}

/** As if the run had been left alone for so long. */
function age(scene: RolloutScene, run: string, days: number): void {
  const node = scene.node('worker-1');
  node.outside(
    'sh',
    '-c',
    `find "$1" -exec touch -d '${days} days ago' {} +`,
    'sh',
    node.path(`/var/lib/nodemend/runs/${run}`),
  );
}

describe.each(shells)('prune under %s', (shell) => {
  it('takes away what was taken back long ago, and keeps what can be undone; undo does not miss it', async () => {
    const scene = makeScene(shell);
    const { run } = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    const elsewhere = scene.world({ journal: scene.journal(scene.newFolder()) });
    await undoRun({ ...elsewhere, run });
    const kept = await applyPlan({
      ...scene.world(),
      plan: planFor(scene.nodes, {
        actions: (node) => [ruleFor(node, { path: '/etc/logrotate.d/second', from: 'absent', verify: [] })],
      }),
    });
    expect((await findPrunable(request(scene))).nodes).toEqual([{ node: 'worker-1', prunable: [] }]);
    age(scene, run, 31);
    age(scene, kept.run, 400);

    const found = await findPrunable(request(scene));
    expect(found.nodes).toEqual([{ node: 'worker-1', prunable: [{ run, what: 'over', days: 31, bytes: 0 }] }]);
    expect(runsOn(scene)).toHaveLength(2);

    expect(await pruneFound(request(scene), found)).toMatchObject({ nodes: found.nodes, unknown: [] });
    expect(runsOn(scene)).toEqual([kept.run]);
    expect(await undoRun({ ...scene.world(), run })).toMatchObject({ verdict: 'done' });
    expect(await undoRun({ ...scene.world(), run: kept.run })).toMatchObject({ verdict: 'done' });
  });

  it('takes copies of logs away only when that was said, and looks again before it does', async () => {
    const scene = makeScene(shell);
    const { run } = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    const folder = scene.node('worker-1').path(`/var/lib/nodemend/runs/${run}`);
    const copy = `${folder}/${readdirSync(folder)[0]}/before.gz`;
    writeFileSync(copy, 'compressed');
    age(scene, run, 40);

    expect((await findPrunable(request(scene))).nodes[0]?.prunable).toEqual([]);
    const limits = request(scene, { copies: true });
    const found = await findPrunable(limits);
    expect(found.nodes[0]?.prunable).toEqual([{ run, what: 'copies', days: 40, bytes: 10 }]);

    // Somebody works on the run meanwhile.
    age(scene, run, 0);
    expect((await pruneFound(limits, found)).nodes[0]?.prunable).toEqual([]);
    expect(existsSync(copy)).toBe(true);
    age(scene, run, 40);
    await pruneFound(limits, found);
    expect([existsSync(copy), existsSync(folder)]).toEqual([false, true]);
  });
});
