import { describe, expect, it } from 'vitest';
import { planFor, type RolloutScene } from '../../../test/chroot/rollout-scene.ts';
import { brief, sceneMaker } from '../../../test/chroot/rollout-scenes.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { JournalNote } from '../journal/entry.ts';
import type { JournalStore } from '../journal/journal-store.ts';
import { resumeRun } from '../resume.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';

/** What is reported is what is true, also when an answer, a connection or the journal's disk is lost in between. */
const makeScene = sceneMaker();
const two = ['worker-1', 'worker-2'];
const run = '20261124-0931-container-logs-7f3a';
const isOf = (script: string, what: 'lock' | 'unlock'): boolean =>
  script.includes(what === 'lock' ? 'Takes this node for a run' : 'Lets a node go at the end of a run');

/** Nodes whose answer to one script of worker-2 is lost, carried out or not; behind it, the whole node where `gone`. */
function losing(
  scene: RolloutScene,
  what: 'lock' | 'unlock',
  { gone = false, arrives = true }: { readonly gone?: boolean; readonly arrives?: boolean } = {},
) {
  let lost = false;
  const cut = (node: string): NodemendError => new NodemendError('SSH_CONNECTION_LOST', { node });
  return scene.transport((connection) => {
    if (connection.node !== 'worker-2') return connection;
    if (lost && gone) throw cut('worker-2');
    return {
      ...connection,
      exec: async (request) => {
        if (!isOf(request.script, what) || lost) return connection.exec(request);
        lost = true;
        if (arrives) await connection.exec(request);
        throw cut(connection.node);
      },
    };
  });
}

describe('the answer to a lock', () => {
  it('that was taken: it is given back', async () => {
    const scene = makeScene(two);
    const result = await applyPlan({
      ...scene.world({ transport: losing(scene, 'lock') }),
      plan: planFor(scene.nodes),
    });
    expect(result).toMatchObject({ verdict: 'refused', exitCode: 8, locked: [] });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('that was taken on a node that is gone behind it: it is said, and resume lets it go', async () => {
    const scene = makeScene(two);
    const result = await applyPlan({
      ...scene.world({ transport: losing(scene, 'lock', { gone: true }) }),
      plan: planFor(scene.nodes),
    });
    expect(result.locked).toEqual(['worker-2']);
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old locked']);
    expect(await resumeRun({ ...scene.world(), run: result.run })).toMatchObject({ verdict: 'done', locked: [] });
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 new']);
  });

  it("that never arrived, where another run holds the node: that one's lock stays, and is not called ours", async () => {
    const scene = makeScene(two);
    const other = makeLock(scene);
    const result = await applyPlan({
      ...scene.world({ transport: losing(scene, 'lock', { arrives: false }) }),
      plan: planFor(scene.nodes),
    });
    expect(result.locked).toEqual([]);
    expect(scene.node('worker-2').outside('cat', other)).toContain('another-run');
  });
});

function makeLock(scene: RolloutScene): string {
  const node = scene.node('worker-2');
  const path = node.path('/var/lib/nodemend/lock');
  node.outside(
    'sh',
    '-c',
    'mkdir -p "$1" && printf "%s\\n" another-run s lee@desk 2026-11-24T00:00:00Z >"$1/lock"',
    'sh',
    node.path('/var/lib/nodemend'),
  );
  return path;
}

it('an unlock that failed: resume really lets the node go', async () => {
  const scene = makeScene(two);
  const transport = losing(scene, 'unlock', { gone: true, arrives: false });
  const result = await applyPlan({ ...scene.world({ transport }), plan: planFor(scene.nodes) });
  expect(result).toMatchObject({ verdict: 'done', locked: ['worker-2'] });
  expect(scene.state()).toEqual(['worker-1 new', 'worker-2 new locked']);

  expect(await resumeRun({ ...scene.world(), run: result.run })).toMatchObject({ verdict: 'done', locked: [] });
  expect(scene.state()).toEqual(['worker-1 new', 'worker-2 new']);
  await expect(resumeRun({ ...scene.world(), run: result.run })).rejects.toMatchObject({ code: 'RUN_ENDED' });
});

it('nobody could be asked: that is no answer, and not that nobody knows the run', async () => {
  const scene = makeScene(two);
  const transport = scene.transport(({ node }) => {
    throw new NodemendError('SSH_REFUSED', { node, address: 'x', port: 22 });
  });
  const unanswered = { code: 'RUN_UNANSWERED', params: { run, count: 2 } };
  await expect(undoRun({ ...scene.world({ transport }), run })).rejects.toMatchObject(unanswered);
  await expect(resumeRun({ ...scene.world({ transport }), run })).rejects.toMatchObject(unanswered);
});

describe('a journal that takes no more', () => {
  /** Full from the first line on that fits. */
  function filling(scene: RolloutScene, isFull: (note: JournalNote) => boolean): JournalStore {
    const store = scene.journal();
    let full = false;
    return {
      ...store,
      open: async (...request) => {
        const real = await store.open(...request);
        return {
          ...real,
          write: async (note) => {
            full ||= isFull(note);
            if (full) throw new NodemendError('JOURNAL_UNWRITABLE', { path: scene.folder, problem: 'ENOSPC' });
            await real.write(note);
          },
        };
      },
    };
  }
  const stopped = { why: 'error', code: 'JOURNAL_UNWRITABLE' };

  it('before the first change: nothing is changed, no node stays locked, and it is refused', async () => {
    const scene = makeScene(two);
    const journal = filling(scene, (note) => note.entry === 'before' && note.step !== 'lock');
    const result = await applyPlan({ ...scene.world({ journal }), plan: planFor(scene.nodes) });
    expect(result).toMatchObject({ verdict: 'refused', exitCode: 8, stopped, locked: [] });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('in mid-run: what was changed is said, no node stays locked, and it can be taken back', async () => {
    const scene = makeScene(two);
    const isSecond = (note: JournalNote): boolean =>
      note.entry === 'before' && note.node === 'worker-2' && note.step === 'commit';
    const result = await applyPlan({
      ...scene.world({ journal: filling(scene, isSecond) }),
      plan: planFor(scene.nodes),
    });
    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6, stopped, locked: [] });
    expect(brief(result)).toEqual(['worker-1 done changed', 'worker-2 refused as-before commit JOURNAL_UNWRITABLE']);
    expect(scene.state()).toEqual(['worker-1 new', 'worker-2 old']);

    // The process that began it lives on, so it is taken back from another machine.
    const elsewhere = scene.world({ journal: scene.journal(scene.newFolder()) });
    expect(await undoRun({ ...elsewhere, run: result.run })).toMatchObject({ verdict: 'done' });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('under an undo: the nodes keep their own records, and are taken back', async () => {
    const scene = makeScene(two);
    const { run: done } = await applyPlan({ ...scene.world(), plan: planFor(scene.nodes) });
    const journal = filling(scene, ({ entry }) => entry !== 'begin');
    const result = await undoRun({ ...scene.world({ journal }), run: done });
    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6, stopped });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
    const elsewhere = scene.world({ journal: scene.journal(scene.newFolder()) });
    expect(await undoRun({ ...elsewhere, run: done })).toMatchObject({ verdict: 'done', exitCode: 0 });
  });

  it('from the beginning: refused, and no error of usage', async () => {
    const scene = makeScene(two);
    const journal = filling(scene, () => true);
    await expect(applyPlan({ ...scene.world({ journal }), plan: planFor(scene.nodes) })).rejects.toMatchObject({
      code: 'JOURNAL_UNWRITABLE',
    });
    expect(scene.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });
});
