import { afterEach, describe, expect, it } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import { contextOf, lock, perform, session } from '../../../test/chroot/file-fixture.ts';
import {
  bootsOf,
  commandLineOf,
  fast,
  nokmem,
  putBoots,
  rebootAction,
  rebootByHand,
  type BootFixture,
} from '../../../test/chroot/reboot-fixture.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext } from '../action.ts';
import type { RebootAction } from './reboot-action.ts';
import { rebootKind } from './reboot.ts';
import requestScript from './request.sh?raw';

const nodes: ChrootNode[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove();
});

async function lockedNode(fixture: BootFixture = {}): Promise<ChrootNode> {
  const node = new ChrootNode('worker-1', 'dash');
  nodes.push(node);
  putBoots(node, fixture);
  await lock(node);
  return node;
}

const context = (node: ChrootNode, change: Partial<ActionContext> = {}): ActionContext =>
  contextOf(node, { timing: fast, session, ...change });

const applied = (node: ChrootNode, spec: RebootAction, change?: Partial<ActionContext>): Promise<readonly string[]> =>
  perform(rebootKind.apply(spec), context(node, change));

const details = async (node: ChrootNode, spec: RebootAction): Promise<readonly string[]> => {
  const said: string[] = [];
  for (const step of rebootKind.apply(spec)) said.push((await step.perform(context(node))).detail);
  return said;
};

const whole = ['record done', 'reboot done', 'return done', 'verify done'];

describe('a reboot', () => {
  it('is asked of reboot(8) where no systemd runs', async () => {
    const node = await lockedNode({ init: 'other' });
    expect(await applied(node, rebootAction(node))).toEqual(whole);
    expect(bootsOf(node)).toBe(1);
    expect(commandLineOf(node)).toContain(nokmem);
  });

  it('needs a command that does it', async () => {
    const node = await lockedNode();
    node.outside('rm', node.path('/usr/bin/systemctl'), node.path('/usr/bin/reboot'));
    expect(await applied(node, rebootAction(node))).toEqual(['record refused REBOOT_COMMAND_MISSING']);
  });

  it('that happened since the plan is not made again, unless the argument is still missing', async () => {
    const node = await lockedNode();
    const spec = rebootAction(node);
    await rebootByHand(node);
    expect(await applied(node, spec)).toEqual(['record already', 'reboot already', 'return already', 'verify done']);
    expect(bootsOf(node)).toBe(1);
    expect(await perform(rebootKind.undo(spec), context(node))).toEqual(['undo done']);
    expect([bootsOf(node), commandLineOf(node).includes(nokmem)]).toEqual([2, false]);

    const other = await lockedNode({ withArgument: [2] });
    const planned = rebootAction(other);
    await rebootByHand(other);
    expect((await details(other, planned)).slice(0, 2)).toEqual([
      `in boot boot-1, rebooted since the plan, and still without ${nokmem}`,
      'told to reboot',
    ]);
    expect(bootsOf(other)).toBe(2);
  });

  it('that brings the node back without the argument is rejected, and its undo reboots nothing', async () => {
    const node = await lockedNode({ withArgument: [] });
    const spec = rebootAction(node);
    expect(await applied(node, spec)).toEqual([...whole.slice(0, 3), 'verify rejected']);
    expect(await perform(rebootKind.undo(spec), context(node))).toEqual(['undo already']);
    expect(bootsOf(node)).toBe(1);
    expect(await rebootKind.inspect(spec, context(node))).toBe('undone');
  });

  it('for no argument leaves nothing to undo, and says so', async () => {
    const node = await lockedNode();
    const spec = rebootAction(node, { inForce: [] });
    expect(await applied(node, spec)).toEqual(whole);
    const [step] = rebootKind.undo(spec);
    expect(await step?.perform(context(node))).toEqual({
      outcome: 'already',
      detail: 'a reboot leaves nothing to undo',
    });
    expect(bootsOf(node)).toBe(1);
  });

  it('that the node refuses is told with its words; nothing is pending then', async () => {
    const node = await lockedNode({ behaviour: 'refused' });
    const spec = rebootAction(node);
    const steps = rebootKind.apply(spec);
    expect(await perform(steps.slice(0, 2), context(node))).toEqual(['record done', 'reboot done']);
    expect(await steps[2]?.perform(context(node))).toMatchObject({
      code: 'REBOOT_REFUSED',
      params: { words: 'Call to Reboot failed: Access denied' },
    });
    expect(await perform(rebootKind.undo(spec), context(node))).toEqual(['undo already']);
    expect(bootsOf(node)).toBe(0);
  });

  it('that never comes is waited for and never asked for again; until somebody reboots the node it cannot be undone', async () => {
    const node = await lockedNode({ behaviour: 'deaf' });
    const spec = rebootAction(node);
    await expect(applied(node, spec)).rejects.toMatchObject({ code: 'REBOOT_TIMED_OUT' });
    expect(await rebootKind.inspect(spec, context(node))).toBe('staged');
    expect(await perform(rebootKind.apply(spec).slice(0, 2), context(node))).toEqual([
      'record already',
      'reboot already',
    ]);
    expect(await perform(rebootKind.undo(spec), context(node))).toEqual(['undo refused REBOOT_PENDING']);
    await rebootByHand(node);
    expect(await rebootKind.inspect(spec, context(node))).toBe('applied');
    expect(bootsOf(node)).toBe(1);
  });

  it('is waited for over new connections, and asked for again only where the request was lost', async () => {
    const node = await lockedNode();
    const real = node.connect();
    let failures = 0;
    const lost = new NodemendError('SSH_CONNECTION_LOST', { node: 'worker-1', detail: 'reset' });
    const connection: ActionContext['connection'] = {
      ...real,
      exec: (request) => (request.script.includes(requestScript) ? Promise.reject(lost) : real.exec(request)),
    };
    const reconnect: ActionContext['reconnect'] = async () => {
      failures += 1;
      if (failures === 1) throw new NodemendError('SSH_AUTH_FAILED', { node: 'worker-1', user: 'ubuntu', detail: '' });
      if (failures === 2) throw new NodemendError('SSH_REFUSED', { node: 'worker-1', address: '-', port: 22 });
      return real;
    };
    expect(await applied(node, rebootAction(node), { connection, reconnect })).toEqual(whole);
    expect([failures, bootsOf(node)]).toEqual([3, 1]);
  });

  it('ends at once at another host key', async () => {
    const node = await lockedNode({ behaviour: 'deaf' });
    const changed = new NodemendError('SSH_HOST_KEY_CHANGED', { node: 'worker-1' });
    const gone: ActionContext['connection'] = { ...node.connect(), exec: () => Promise.reject(changed) };
    const [, , comeBack] = rebootKind.apply(rebootAction(node));
    await expect(comeBack?.perform(context(node, { connection: gone }))).rejects.toMatchObject({
      code: 'SSH_HOST_KEY_CHANGED',
    });
  });
});
