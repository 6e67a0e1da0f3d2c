import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf, lock, perform, run } from '../../../test/chroot/file-scene.ts';
import { dockerFolder, dockerLog, logSpaceAction, LogNode } from '../../../test/chroot/log-scene.ts';
import { KillingTools, type KillPoint } from '../../../test/chroot/killing-tools.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { LogSpaceAction } from './log-space-action.ts';
import { unlockNode } from '../node-state/node-lock.ts';
import { logSpaceKind } from './log-space.ts';

/** As in the file action's test of the same name: the script is killed around every program it starts. */
const later = 'e5f6a7b8';
const old = `${dockerLog}.1`;

let node: LogNode;
let tools: KillingTools;
let spec: LogSpaceAction;
beforeAll(() => {
  node = new LogNode('dash');
  tools = new KillingTools(node);
});
afterAll(() => node.remove());

function reset(log: LogSpaceAction['log']): void {
  node.sh('rm -rf "$1/var/lib/nodemend" "$1$2"; mkdir -p "$1$2"; chmod 0710 "$1$2"', dockerFolder);
  const path = log === 'live' ? dockerLog : old;
  node.log(path, 1);
  spec = logSpaceAction(node, path, { log });
}

async function apply(): Promise<void> {
  await lock(node, { bootId: '' });
  await perform(logSpaceKind.apply(spec), contextOf(node));
}

async function undo(): Promise<void> {
  await lock(node, { bootId: '', session: later, takeOver: true });
  await perform(logSpaceKind.undo(spec), contextOf(node, { session: later }));
  await unlockNode(node.connect(), run, later);
}

/** What the engine's resume does on a node: look, then do what is left. */
async function resume(): Promise<void> {
  const context = contextOf(node, { session: later });
  await lock(node, { bootId: '', session: later, takeOver: true });
  const state = await logSpaceKind.inspect(spec, context);
  await perform(state === 'applied' ? logSpaceKind.verify(spec) : logSpaceKind.apply(spec), context);
}

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

describe.each(['rotated', 'live'] as const)('a %s log', (log) => {
  it(
    'is back, or was never gone, when a run that was killed anywhere is undone; nothing else is left',
    { timeout: 300_000 },
    async () => {
      reset(log);
      const seen = node.seen(spec.path);
      const calls = await countCalls(apply);
      expect(calls).toBeGreaterThan(40);
      const returned = log === 'live' ? `${spec.path}-nodemend-${run}` : spec.path;
      // Every fourth place: each takes a second or two, and the file action's test goes through all of what both share.
      for (let at = 1; at <= calls; at += 4) {
        reset(log);
        // The programs of a pipeline are counted in any order, so it may be another one than last time.
        await killedDuring(apply, { at, when: at % 8 === 1 ? 'before' : 'after' });
        await undo();
        const names = node.listing(dockerFolder).map((name) => `${dockerFolder}/${name.slice(2)}`);
        const whole = names.find((name) => node.seen(name) === seen);
        expect([spec.path, returned]).toContain(whole);
        expect(names.filter((name) => ![spec.path, returned].includes(name))).toEqual([]);
        expect(node.listing('/var/lib/nodemend/runs').filter((name) => /\.new$|\.gz$/.test(name))).toEqual([]);
      }
    },
  );

  it(
    'is freed when the run is resumed instead, and given back by an undo that is killed too',
    { timeout: 300_000 },
    async () => {
      reset(log);
      const seen = node.seen(spec.path);
      const returned = log === 'live' ? `${spec.path}-nodemend-${run}` : spec.path;
      const calls = await countCalls(apply);
      for (let at = 3; at <= calls; at += 11) {
        reset(log);
        await killedDuring(apply, { at, when: 'after' });
        await resume();
        expect(node.seen(spec.path) === '' || node.seen(spec.path).startsWith('e3b0c442')).toBe(true);
        await killedDuring(undo, { at, when: 'after' });
        await undo();
        expect(node.seen(returned)).toBe(seen);
        expect(node.listing(dockerFolder)).toHaveLength(log === 'live' ? 2 : 1);
      }
    },
  );
});
