import { describe, expect, it } from 'vitest';
import { planFor, type RolloutFixture } from '../../../test/chroot/rollout-fixture.ts';
import { brief, fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { JournalNote } from '../journal/entry.ts';
import type { JournalStore } from '../journal/journal-store.ts';
import { resumeRun } from '../resume.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';

/** What is reported is what is true, also when an answer, a connection or the journal's disk is lost in between. */
const makeFixture = fixtureMaker();
const two = ['worker-1', 'worker-2'];
const run = '20261124-0931-container-logs-7f3a';
const isOf = (script: string, what: 'lock' | 'unlock'): boolean =>
  script.includes(what === 'lock' ? 'Takes this node for a run' : 'Lets a node go at the end of a run');

/** Nodes whose answer to one script of worker-2 is lost, carried out or not; behind it, the whole node where `gone`. */
function losing(
  fixture: RolloutFixture,
  what: 'lock' | 'unlock',
  { gone = false, arrives = true }: { readonly gone?: boolean; readonly arrives?: boolean } = {},
) {
  let lost = false;
  const cut = (node: string): NodemendError => new NodemendError('SSH_CONNECTION_LOST', { node });
  return fixture.transport((connection) => {
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
    const fixture = makeFixture(two);
    const result = await applyPlan({
      ...fixture.dependencies({ transport: losing(fixture, 'lock') }),
      plan: planFor(fixture.nodes),
    });
    expect(result).toMatchObject({ verdict: 'refused', exitCode: 8, locked: [] });
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('that was taken on a node that is gone behind it: it is said, and resume lets it go', async () => {
    const fixture = makeFixture(two);
    const result = await applyPlan({
      ...fixture.dependencies({ transport: losing(fixture, 'lock', { gone: true }) }),
      plan: planFor(fixture.nodes),
    });
    expect(result.locked).toEqual(['worker-2']);
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old locked']);
    expect(await resumeRun({ ...fixture.dependencies(), run: result.run })).toMatchObject({
      verdict: 'done',
      locked: [],
    });
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 new']);
  });

  it("that never arrived, where another run holds the node: that one's lock stays, and is not called ours", async () => {
    const fixture = makeFixture(two);
    const other = makeLock(fixture);
    const result = await applyPlan({
      ...fixture.dependencies({ transport: losing(fixture, 'lock', { arrives: false }) }),
      plan: planFor(fixture.nodes),
    });
    expect(result.locked).toEqual([]);
    expect(fixture.node('worker-2').outside('cat', other)).toContain('another-run');
  });
});

function makeLock(fixture: RolloutFixture): string {
  const node = fixture.node('worker-2');
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
  const fixture = makeFixture(two);
  const transport = losing(fixture, 'unlock', { gone: true, arrives: false });
  const result = await applyPlan({ ...fixture.dependencies({ transport }), plan: planFor(fixture.nodes) });
  expect(result).toMatchObject({ verdict: 'done', locked: ['worker-2'] });
  expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 new locked']);

  expect(await resumeRun({ ...fixture.dependencies(), run: result.run })).toMatchObject({
    verdict: 'done',
    locked: [],
  });
  expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 new']);
  await expect(resumeRun({ ...fixture.dependencies(), run: result.run })).rejects.toMatchObject({ code: 'RUN_ENDED' });
});

it('nobody could be asked: that is not an answer, and not that nobody knows the run', async () => {
  const fixture = makeFixture(two);
  const transport = fixture.transport(({ node }) => {
    throw new NodemendError('SSH_REFUSED', { node, address: 'x', port: 22 });
  });
  const unanswered = { code: 'RUN_UNANSWERED', params: { run, count: 2 } };
  await expect(undoRun({ ...fixture.dependencies({ transport }), run })).rejects.toMatchObject(unanswered);
  await expect(resumeRun({ ...fixture.dependencies({ transport }), run })).rejects.toMatchObject(unanswered);
});

describe('a journal that takes no more', () => {
  /** Full from the first line on that fits. */
  function filling(fixture: RolloutFixture, isFull: (note: JournalNote) => boolean): JournalStore {
    const store = fixture.journal();
    let full = false;
    return {
      ...store,
      open: async (...request) => {
        const real = await store.open(...request);
        return {
          ...real,
          write: async (note) => {
            full ||= isFull(note);
            if (full) throw new NodemendError('JOURNAL_UNWRITABLE', { path: fixture.folder, problem: 'ENOSPC' });
            await real.write(note);
          },
        };
      },
    };
  }
  const stopped = { why: 'error', code: 'JOURNAL_UNWRITABLE' };

  it('before the first change: nothing is changed, no node stays locked, and it is refused', async () => {
    const fixture = makeFixture(two);
    const journal = filling(fixture, (note) => note.entry === 'before' && note.step !== 'lock');
    const result = await applyPlan({ ...fixture.dependencies({ journal }), plan: planFor(fixture.nodes) });
    expect(result).toMatchObject({ verdict: 'refused', exitCode: 8, stopped, locked: [] });
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('in mid-run: what was changed is said, no node stays locked, and it can be undone', async () => {
    const fixture = makeFixture(two);
    const isSecond = (note: JournalNote): boolean =>
      note.entry === 'before' && note.node === 'worker-2' && note.step === 'commit';
    const result = await applyPlan({
      ...fixture.dependencies({ journal: filling(fixture, isSecond) }),
      plan: planFor(fixture.nodes),
    });
    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6, stopped, locked: [] });
    expect(brief(result)).toEqual(['worker-1 done changed', 'worker-2 refused as-before commit JOURNAL_UNWRITABLE']);
    expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old']);

    // The process that began it lives on, so it is undone from another machine.
    const elsewhere = fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) });
    expect(await undoRun({ ...elsewhere, run: result.run })).toMatchObject({ verdict: 'done' });
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  it('under an undo: the nodes keep their own records, and are undone', async () => {
    const fixture = makeFixture(two);
    const { run: done } = await applyPlan({ ...fixture.dependencies(), plan: planFor(fixture.nodes) });
    const journal = filling(fixture, ({ entry }) => entry !== 'begin');
    const result = await undoRun({ ...fixture.dependencies({ journal }), run: done });
    expect(result).toMatchObject({ verdict: 'partly', exitCode: 6, stopped });
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
    const elsewhere = fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) });
    expect(await undoRun({ ...elsewhere, run: done })).toMatchObject({ verdict: 'done', exitCode: 0 });
  });

  it('from the beginning: refused, and no error of usage', async () => {
    const fixture = makeFixture(two);
    const journal = filling(fixture, () => true);
    await expect(
      applyPlan({ ...fixture.dependencies({ journal }), plan: planFor(fixture.nodes) }),
    ).rejects.toMatchObject({
      code: 'JOURNAL_UNWRITABLE',
    });
    expect(fixture.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });
});
