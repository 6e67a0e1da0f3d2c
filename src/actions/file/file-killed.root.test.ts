import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import {
  contextOf,
  fileAction,
  listing,
  lock,
  newContent,
  oldContent,
  path,
  perform,
  put,
  run,
  session,
} from '../../../test/chroot/file-scene.ts';
import { KillingTools, type KillPoint } from '../../../test/chroot/killing-tools.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { unlockNode } from '../node-state/node-lock.ts';
import { fileKind } from './file.ts';

const spec = fileAction();
const later = 'e5f6a7b8';
const temp = `docker.nodemend-${run}~`;

let node: ChrootNode;
let tools: KillingTools;
beforeAll(() => {
  node = new ChrootNode('worker-1', 'dash');
  tools = new KillingTools(node);
});
afterAll(() => node.remove());

function reset(): void {
  rmSync(node.path('/var/lib/nodemend'), { recursive: true, force: true });
  rmSync(node.path('/etc/logrotate.d'), { recursive: true, force: true });
  node.outside('mkdir', node.path('/etc/logrotate.d'));
  put(node, oldContent);
}

async function apply(): Promise<void> {
  await lock(node);
  await perform(fileKind.apply(spec), contextOf(node));
  await unlockNode(node.connect(), run, session);
}

async function undo(): Promise<void> {
  await lock(node, { session: later, takeOver: true });
  await perform(fileKind.undo(spec), contextOf(node, { session: later }));
  await unlockNode(node.connect(), run, later);
}

/** What the engine's resume does on a node: look, then do what is left. */
async function resume(): Promise<void> {
  const context = contextOf(node, { session: later });
  await lock(node, { session: later, takeOver: true });
  const state = await fileKind.inspect(spec, context);
  await perform(state === 'applied' ? fileKind.verify(spec) : fileKind.apply(spec), context);
  await unlockNode(node.connect(), run, later);
}

/** Does something and is killed in the middle of it; returns whether the point was reached. */
async function killedDuring(work: () => Promise<void>, point: KillPoint): Promise<boolean> {
  tools.arm(point);
  try {
    await work();
    return false;
  } catch (error) {
    if (isNodemendError(error) && error.code === 'NODE_SCRIPT_DIED') return true;
    throw error;
  } finally {
    tools.disarm();
  }
}

async function countCalls(work: () => Promise<void>): Promise<number> {
  expect(await killedDuring(work, { at: 0, when: 'before' })).toBe(false);
  return tools.calls();
}

/** Right after the kill: the file is the old one or the new one, whole, and beside it at most the ignored name. */
function expectNothingHalfWritten(): void {
  expect([oldContent, newContent]).toContain(readFileSync(node.path(path), 'utf8'));
  expect([['docker'], ['docker', temp]]).toContainEqual(listing(node));
}

function expectEnd(content: string): void {
  expect(readFileSync(node.path(path), 'utf8')).toBe(content);
  expect(listing(node)).toEqual(['docker']);
  const left = existsSync(node.path('/var/lib/nodemend'))
    ? readdirSync(node.path('/var/lib/nodemend'), { recursive: true })
    : [];
  expect(left.filter((name) => /lock|incoming|\.new$/u.test(String(name)))).toEqual([]);
}

function* points(calls: number): Generator<KillPoint> {
  for (let at = 1; at <= calls; at += 1) {
    yield { at, when: 'before' };
    yield { at, when: 'after' };
  }
}

describe('the node-side script is killed around every program it starts', () => {
  it('while applying: undo takes it back', { timeout: 600_000 }, async () => {
    reset();
    const calls = await countCalls(apply);
    expect(calls).toBeGreaterThan(50);
    for (const point of points(calls)) {
      reset();
      expect(await killedDuring(apply, point)).toBe(true);
      expectNothingHalfWritten();
      await undo();
      expectEnd(oldContent);
    }
  });

  it('while applying: resume finishes it, and undo then takes it back', { timeout: 600_000 }, async () => {
    reset();
    const calls = await countCalls(apply);
    for (const point of points(calls)) {
      reset();
      expect(await killedDuring(apply, point)).toBe(true);
      await resume();
      expectEnd(newContent);
      await undo();
      expectEnd(oldContent);
    }
  });

  it('while undoing: a second undo finishes it', { timeout: 600_000 }, async () => {
    reset();
    await apply();
    const calls = await countCalls(undo);
    expect(calls).toBeGreaterThan(20);
    for (const point of points(calls)) {
      reset();
      await apply();
      expect(await killedDuring(undo, point)).toBe(true);
      expectNothingHalfWritten();
      await undo();
      expectEnd(oldContent);
    }
  });
});
