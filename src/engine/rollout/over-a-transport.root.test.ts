import { afterEach, describe, expect, it } from 'vitest';
import { planFor, RolloutFixture } from '../../../test/chroot/rollout-fixture.ts';
import { shells } from '../../../test/chroot/tool-root.ts';
import { createLocalTransport } from '../../transport/local/local-transport.ts';
import type { Transport } from '../../transport/transport.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';

const fixtures: RolloutFixture[] = [];
afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove();
});

/** The product's own local transport, one for each node, because each is entered another way. */
function transportOf(fixture: RolloutFixture): Transport {
  const byName = new Map(
    fixture.nodes.map(({ name, root }) => [name, createLocalTransport({ enter: ['/usr/sbin/chroot', root] })]),
  );
  return {
    kind: 'local',
    connect: (target, signal) => byName.get(target.name)!.connect(target, signal),
    close: async () => {},
  };
}

describe.each(shells)('a run over a real transport (%s)', (shell) => {
  it('applies and undoes: scripts, arguments and contents arrive as they were sent', async () => {
    const fixture = new RolloutFixture(['worker-1', 'worker-2'], shell);
    fixtures.push(fixture);
    const dependencies = fixture.dependencies({ transport: transportOf(fixture) });
    const result = await applyPlan({ ...dependencies, plan: planFor(fixture.nodes) });
    expect(result).toMatchObject({ verdict: 'done' });
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 new']);
    expect(await undoRun({ ...dependencies, run: result.run })).toMatchObject({ verdict: 'done' });
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });
});
