import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, describe, expect, it, test } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import { contextOf, lock, perform } from '../../../test/chroot/file-fixture.ts';
import {
  calls,
  enableUnit,
  hurried,
  linksOf,
  putLinks,
  putUnit,
  serviceAction,
  type UnitFixture,
} from '../../../test/chroot/service-fixture.ts';
import { shells, type Shell } from '../../../test/chroot/tool-root.ts';
import { serviceKind as kind } from './service.ts';

const nodes: ChrootNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

async function lockedNode(shell: Shell = 'dash', fixture: UnitFixture = {}): Promise<ChrootNode> {
  const node = new ChrootNode('worker-1', shell);
  nodes.push(node);
  putUnit(node, fixture);
  putLinks(node);
  await lock(node);
  return node;
}

const enabling = serviceAction({ operation: 'enable' });
const starting = serviceAction({ operation: 'start' });

describe.each(shells)('enabling under %s', (shell) => {
  it('makes the links of the unit, its alias and what comes with it; undo removes those alone', async () => {
    const node = await lockedNode(shell);
    // Enabled before by somebody, although the unit itself was not; and a link of that kind to something else.
    const wants = node.path('/etc/systemd/system/sockets.target.wants');
    symlinkSync('/lib/systemd/system/demo.socket', `${wants}/demo.socket`);
    const before = linksOf(node);

    expect(await perform(kind.apply(enabling), contextOf(node))).toEqual([
      'prepare done',
      'enable done',
      'verify done',
    ]);
    const made = linksOf(node).filter((link) => !before.includes(link));
    expect(made).toEqual(['dbus-demo.service', 'multi-user.target.wants', 'multi-user.target.wants/demo.service']);

    expect(await perform(kind.undo(enabling), contextOf(node))).toEqual(['undo done']);
    expect(linksOf(node)).toEqual(before);
    expect(calls(node)).toEqual(['daemon-reload']);
  });

  it('leaves a folder that others use by the time of the undo', async () => {
    const node = await lockedNode(shell);
    await perform(kind.apply(enabling), contextOf(node));
    symlinkSync(
      '/lib/systemd/system/late.service',
      node.path('/etc/systemd/system/multi-user.target.wants/late.service'),
    );

    expect(await perform(kind.undo(enabling), contextOf(node))).toEqual(['undo done']);
    expect(linksOf(node)).toContain('multi-user.target.wants/late.service');
    expect(linksOf(node)).not.toContain('multi-user.target.wants/demo.service');
  });
});

test('an undo that died behind the last link has systemd read them again', async () => {
  const node = await lockedNode();
  const before = linksOf(node);
  await perform(kind.apply(enabling), contextOf(node));
  const { connection } = contextOf(node);
  putUnit(node, { behaviour: 'unreloadable' });
  await expect(perform(kind.undo(enabling), contextOf(node, { connection }))).rejects.toMatchObject({
    code: 'RESTART_COMMAND_FAILED',
  });
  expect(linksOf(node)).toEqual(before);

  putUnit(node);
  expect(await kind.inspect(enabling, contextOf(node))).toBe('undone');
  expect(await perform(kind.undo(enabling), contextOf(node))).toEqual(['undo already']);
  expect(calls(node)).toEqual(['daemon-reload']);
});

test('enabling that systemd refuses is told in its words, and can be repeated', async () => {
  const node = await lockedNode('dash', { behaviour: 'broken' });
  await expect(perform(kind.apply(enabling), contextOf(node))).rejects.toMatchObject({
    code: 'RESTART_COMMAND_FAILED',
    params: { words: expect.stringContaining('Read-only file system') as string },
  });
  expect(await kind.inspect(enabling, contextOf(node))).toBe('staged');

  putUnit(node);
  expect(await perform(kind.apply(enabling), contextOf(node))).toEqual(['prepare done', 'enable done', 'verify done']);
});

test('what somebody enabled since the plan is not enabled, and an undo leaves it so', async () => {
  const node = await lockedNode();
  enableUnit(node);
  const theirs = linksOf(node);

  expect(await perform(kind.apply(enabling), contextOf(node))).toEqual(['prepare refused UNIT_CHANGED_SINCE_PLAN']);
  expect(await perform(kind.undo(enabling), contextOf(node))).toEqual(['undo already']);
  expect(linksOf(node)).toEqual(theirs);
});

test('the folder of units may have gone since', async () => {
  const node = await lockedNode();
  await perform(kind.apply(enabling), contextOf(node));
  rmSync(node.path('/etc/systemd/system'), { recursive: true });
  mkdirSync(node.path('/etc/systemd/system'));

  expect(await perform(kind.undo(enabling), contextOf(node))).toEqual(['undo already']);
});

describe('a start', () => {
  it('behind a drop-in has systemd read it first, and its undo once more', async () => {
    const node = await lockedNode('dash', { active: 'inactive', sub: 'dead' });
    const context = contextOf(node, { timing: hurried });
    const spec = { ...starting, daemonReload: true };
    await perform(kind.apply(spec), context);

    expect(await perform(kind.undo(spec), context)).toEqual(['undo done']);
    expect(calls(node).map((call) => call.replace(/ .*/u, ''))).toEqual([
      'daemon-reload',
      'start',
      'daemon-reload',
      'stop',
    ]);
  });

  it.each([
    { active: 'inactive', sub: 'dead' },
    { active: 'failed', sub: 'failed' },
    { active: 'activating', sub: 'auto-restart' },
  ])('of a unit that is $active waits until it runs, and undo stops it', async (fixture) => {
    const node = await lockedNode('dash', { ...fixture, behaviour: 'slow' });
    const context = contextOf(node, { timing: hurried });

    expect(await perform(kind.apply(starting), context)).toEqual(['prepare done', 'start done', 'verify done']);
    expect(await perform(kind.undo(starting), context)).toEqual(['undo done']);
    expect(calls(node).map((call) => call.replace(/ with.*/u, ''))).toEqual([
      'start --no-block -- demo.service',
      'stop -- demo.service',
    ]);
  });

  it.each([
    ['active', 'running'],
    ['activating', 'start'],
    ['deactivating', 'stop'],
  ])('is refused where the unit is %s by then', async (active, sub) => {
    const node = await lockedNode('dash', { active, sub });

    expect(await perform(kind.apply(starting), contextOf(node))).toEqual(['prepare refused UNIT_CHANGED_SINCE_PLAN']);
    expect(calls(node)).toEqual([]);
  });

  it('that does not come up is rejected', async () => {
    const node = await lockedNode('dash', { active: 'inactive', sub: 'dead', behaviour: 'dies' });
    const [prepare, start] = kind.apply(starting);
    await prepare!.perform(contextOf(node));

    expect(await start!.perform(contextOf(node, { timing: hurried }))).toMatchObject({ outcome: 'rejected' });
  });
});
