import { afterEach, describe, expect, it } from 'vitest';
import { planFor, RolloutScene } from '../../../test/chroot/rollout-scene.ts';
import { shells } from '../../../test/chroot/tool-root.ts';
import { createLocalTransport } from '../../transport/local/local-transport.ts';
import type { Transport } from '../../transport/transport.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';

const scenes: RolloutScene[] = [];
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.remove();
});

/** The product's own local transport, one for each node, because each is entered another way. */
function transportOf(scene: RolloutScene): Transport {
  const byName = new Map(
    scene.nodes.map(({ name, root }) => [name, createLocalTransport({ enter: ['/usr/sbin/chroot', root] })]),
  );
  return {
    kind: 'local',
    connect: (target, signal) => byName.get(target.name)!.connect(target, signal),
    close: async () => {},
  };
}

describe.each(shells)('a run over a real transport (%s)', (shell) => {
  it('applies and undoes: scripts, arguments and contents arrive as they were sent', async () => {
    const scene = new RolloutScene(['worker-1', 'worker-2'], shell);
    scenes.push(scene);
    const world = scene.world({ transport: transportOf(scene) });
    const result = await applyPlan({ ...world, plan: planFor(scene.nodes) });
    expect(result).toMatchObject({ verdict: 'done' });
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 new']);
    expect(await undoRun({ ...world, run: result.run })).toMatchObject({ verdict: 'done' });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });
});
