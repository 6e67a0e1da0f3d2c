import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import { contextOf, lock, perform, run } from '../../../test/chroot/file-fixture.ts';
import { calls, putUnit, serviceAction, unit, type UnitFixture } from '../../../test/chroot/service-fixture.ts';
import { shells, type Shell } from '../../../test/chroot/tool-root.ts';
import type { ServiceAction } from './service-action.ts';
import { serviceKind as kind } from './service.ts';

const nodes: ChrootNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

async function lockedNode(fixture: UnitFixture, shell: Shell): Promise<ChrootNode> {
  const node = new ChrootNode('worker-1', shell);
  nodes.push(node);
  putUnit(node, fixture);
  await lock(node);
  return node;
}

const { disrupts: _, ...harmless } = serviceAction();
const spec: ServiceAction = { ...harmless, operation: 'reload' };
const reload = `reload -- ${unit}`;

describe.each(shells)('a reload under %s', (shell) => {
  it('is not asked of a unit that does not run, nor once more of one that was stopped since', async () => {
    const node = await lockedNode({ active: 'inactive', sub: 'dead' }, shell);
    expect(await perform(kind.apply(spec), contextOf(node))).toEqual(['prepare refused UNIT_NOT_RUNNING']);
    expect(existsSync(node.path(`/var/lib/nodemend/runs/${run}`))).toBe(false);

    putUnit(node, {});
    await perform(kind.apply(spec), contextOf(node));
    putUnit(node, { active: 'inactive', sub: 'dead' });
    expect(await perform(kind.undo(spec), contextOf(node))).toEqual(['undo already']);
    expect(calls(node)).toEqual([reload]);
  });

  it('that systemd refuses is told in its words, and can be repeated', async () => {
    const node = await lockedNode({ behaviour: 'broken' }, shell);
    await expect(perform(kind.apply(spec), contextOf(node))).rejects.toMatchObject({
      code: 'RESTART_COMMAND_FAILED',
      params: { words: expect.stringContaining('not applicable') },
    });
    expect(await kind.inspect(spec, contextOf(node))).toBe('staged');

    putUnit(node, {});
    expect(await perform(kind.apply(spec), contextOf(node))).toEqual(['prepare done', 'reload done', 'verify done']);
  });
});
