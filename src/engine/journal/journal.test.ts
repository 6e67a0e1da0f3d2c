import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryLine, parseJournal, type JournalEntry, type JournalNote } from './entry.ts';
import { listRuns } from '../history.ts';
import { openJournal } from './journal.ts';
import { journalStore } from './journal-store.ts';
import { isRunningHere, ownProcess } from './process-identity.ts';
import { runsFolder } from './state-folder.ts';

const run = '20261124-0931-container-logs-7f3a';
const place = { run, number: 1 };

function entriesOf(text: string): readonly JournalEntry[] {
  return parseJournal(text, run).entries;
}

const note: JournalNote = { entry: 'before', node: 'worker-1', step: 'stage', action: 'file:worker-1:/etc/x' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a journal', () => {
  it('is one line an entry, closed to others, and grows', async () => {
    const path = join(folder, 'j.jsonl');
    for (const session of ['aa', 'bb']) {
      const journal = await openJournal(path, session, place);
      await journal.write(note);
      await journal.close();
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(entriesOf(readFileSync(path, 'utf8'))).toMatchObject([
      { ...note, session: 'aa' },
      { ...note, session: 'bb' },
    ]);
  });

  it('keeps the order of a crowd of writers, all of them on the disk when they are told so', async () => {
    const path = join(folder, 'j.jsonl');
    const journal = await openJournal(path, 'aa', place);
    await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        await journal.write({ ...note, node: `worker-${index}` });
        expect(readFileSync(path, 'utf8')).toContain(`"worker-${index}"`);
      }),
    );
    await journal.close();
    expect(entriesOf(readFileSync(path, 'utf8')).map((entry) => 'node' in entry && entry.node)).toEqual(
      Array.from({ length: 300 }, (_, index) => `worker-${index}`),
    );
  });

  it('torn at any byte loses at most its last line, and what is written later stands alone', async () => {
    const path = join(folder, 'j.jsonl');
    const journal = await openJournal(path, 'aa', place);
    for (let index = 0; index < 3; index += 1) await journal.write({ ...note, node: `worker-${index}` });
    await journal.close();
    const whole = readFileSync(path);
    const lineEnds = [...whole.keys()].filter((index) => whole[index] === 0x0a);
    for (let size = 0; size <= whole.length; size += 1) {
      writeFileSync(path, whole);
      truncateSync(path, size);
      const again = await openJournal(path, 'bb', place);
      await again.write({ ...note, node: 'later' });
      await again.close();
      const entries = entriesOf(readFileSync(path, 'utf8'));
      // A line whose newline alone is missing is whole.
      const kept = lineEnds.filter((end) => end <= size).length;
      expect(entries.map((entry) => 'node' in entry && entry.node)).toEqual([
        ...['worker-0', 'worker-1', 'worker-2'].slice(0, kept),
        'later',
      ]);
    }
  });

  it('that cannot be written says so', async () => {
    await expect(openJournal(join(folder, 'none', 'j.jsonl'), 'aa', place)).rejects.toMatchObject({
      code: 'JOURNAL_UNWRITABLE',
    });
    writeFileSync(join(folder, 'other'), '');
    symlinkSync(join(folder, 'other'), join(folder, 'link.jsonl'));
    await expect(openJournal(join(folder, 'link.jsonl'), 'aa', place)).rejects.toMatchObject({
      code: 'JOURNAL_UNWRITABLE',
    });
    const closed = await openJournal(join(folder, 'j.jsonl'), 'aa', place);
    await closed.close();
    await expect(closed.write(note)).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' });
    writeFileSync(join(folder, 'file'), '');
    await expect(journalStore(join(folder, 'file', 'runs')).open(run, 'aa')).rejects.toMatchObject({
      code: 'JOURNAL_UNWRITABLE',
    });
  });

  it('reads nothing from lines that are not entries, and never throws', () => {
    const newer = sealed({ ...note, entry: 'of a newer nodemend' } as unknown as JournalNote);
    expect(parseJournal(newer, run)).toMatchObject({ entries: [], damaged: 0 });
    expect(entriesOf(sealed({ ...note, also: 'new' } as JournalNote))).toMatchObject([{ node: 'worker-1' }]);
    fc.assert(fc.property(fc.string(), (text) => void entriesOf(text)));
    fc.assert(fc.property(fc.jsonValue(), (value) => void entriesOf(JSON.stringify(value))));
  });
});

function sealed(entry: JournalNote, of = place): string {
  return entryLine(entry, { at: '2026-11-24T09:31:00Z', session: 'aa' }, of);
}

function nodesIn(text: string): readonly unknown[] {
  return entriesOf(text).map((entry) => 'node' in entry && entry.node);
}

const begin = {
  entry: 'begin',
  kind: 'apply',
  run,
  plan: 'a'.repeat(64),
  problems: [],
  nodes: ['worker-1'],
  options: { batches: [], maxFailures: 0, soakSeconds: 0, concurrency: 1, allow: [], named: [], owner: 'kim' },
  process: { host: 'h', boot: 'b', pid: 1, start: '1' },
} as const satisfies JournalNote;

describe('a line of a journal is believed', () => {
  const lines = [sealed(begin), ...['worker-1', 'worker-2'].map((node) => sealed({ ...note, node }))];

  it('never when one of its bytes is another, and the others anyway', () => {
    expect(parseJournal(lines.join(''), run)).toMatchObject({ damaged: 0, number: 1 });
    fc.assert(
      fc.property(fc.nat(lines.length - 2), fc.nat(), fc.integer({ min: 1, max: 127 }), (index, at, flip) => {
        const bytes = Buffer.from(lines[index] ?? '');
        const place = at % (bytes.length - 1);
        const was = bytes[place] ?? 0;
        // A line break makes two lines of one, neither of which is whole.
        if ((was ^ flip) === 0x0a) return;
        bytes[place] = was ^ flip;
        const damaged = lines.with(index, bytes.toString('latin1'));
        const read = parseJournal(damaged.join(''), run);
        expect([read.entries.length, read.damaged]).toEqual([lines.length - 1, 1]);
      }),
    );
  });

  it('not when it belongs to another run, in whatever file it lies', () => {
    const other = '20261124-0931-container-logs-0000';
    expect(parseJournal(lines.join(''), other)).toMatchObject({ entries: [], damaged: 3, number: undefined });
    const old = `${JSON.stringify({ at: 't', session: 'aa', ...begin })}\n${oldLine('worker-1')}`;
    expect(parseJournal(old, run)).toMatchObject({ damaged: 0, isOld: true, number: 0 });
    expect(parseJournal(old, other)).toMatchObject({ entries: [], damaged: 2 });
  });

  it('without a checksum only where no line has one', () => {
    expect(nodesIn(oldLine('worker-1') + oldLine('worker-2'))).toEqual(['worker-1', 'worker-2']);
    expect(nodesIn(oldLine('worker-1') + (lines[2] ?? ''))).toEqual(['worker-2']);
    const cut = (lines[1] ?? '').replace(/,"sum":"\w+"/u, '');
    expect(parseJournal(cut, run)).toMatchObject({ entries: [] });
  });

  function oldLine(node: string): string {
    return `${JSON.stringify({ at: 't', session: 'aa', ...note, node })}\n`;
  }

  it('of 0.1 for good: whoever goes on with such a run brings it into the new form', async () => {
    const store = journalStore(join(folder, 'runs'));
    mkdirSync(join(folder, 'runs'));
    const path = join(folder, 'runs', `${run}.jsonl`);
    writeFileSync(path, `${oldLine('worker-1')}no line\n${oldLine('worker-2')}`);
    const journal = await store.open(run, 'bb');
    await journal.write({ ...note, node: 'later' });
    await journal.close();
    expect(nodesIn(readFileSync(path, 'utf8'))).toEqual(['worker-1', 'worker-2', 'later']);
    expect(await store.read(run)).toMatchObject({ damaged: 1, isOld: false, number: 0 });
  });
});

describe('the journals of a machine', () => {
  it('are listed by time, other files passed by', async () => {
    const store = journalStore(join(folder, 'runs'));
    expect(await store.runs()).toEqual([]);
    for (const id of ['20261124-0931-b-0002', '20261123-0931-a-0001']) await (await store.open(id, 'aa')).close();
    appendFileSync(join(folder, 'runs', 'notes.txt'), 'x');
    expect(await store.runs()).toEqual(['20261123-0931-a-0001', '20261124-0931-b-0002']);
    expect(await store.read('20261124-0931-b-0002')).toMatchObject({ entries: [], damaged: 0 });
    expect(await store.read(run)).toBeUndefined();
    expect(await store.plan(run)).toBeUndefined();
  });

  it('count the runs, whatever the clock says', async () => {
    const store = journalStore(join(folder, 'runs'));
    const ids = ['20261124-0931-a-0001', '20211124-0931-b-0002', '20261123-0931-c-0003'];
    for (const id of ids) {
      const journal = await store.open(id, 'aa');
      await journal.write({ ...begin, run: id });
      await journal.close();
    }
    expect((await listRuns(store)).map(({ run }) => run)).toEqual(ids.toReversed());
    // The last one wrote its number into every line.
    const journal = await store.open('20261123-0931-c-0003', 'bb');
    await journal.write(note);
    await journal.close();
    const path = join(folder, 'runs', '20261123-0931-c-0003.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('{', '['));
    expect(await listRuns(store)).toMatchObject([
      { run: '20261123-0931-c-0003', damaged: 1, number: 3, state: 'cut-short' },
      { number: 2 },
      { number: 1 },
    ]);
  });

  it('are closed to others even where the folder was not', async () => {
    const runs = join(folder, 'runs');
    mkdirSync(runs, { mode: 0o755 });
    chmodSync(runs, 0o755);
    await (await journalStore(runs).open(run, 'aa')).close();
    expect(statSync(runs).mode & 0o777).toBe(0o700);
  });

  it('cannot be led out of their folder', async () => {
    for (const id of ['../x', 'a/b', '', '20261124-0931-../x', '.', '20261124-0931-x\n']) {
      await expect(journalStore(folder).read(id)).rejects.toMatchObject({ code: 'RUN_ID_INVALID' });
    }
  });

  it('that cannot be read say so', async () => {
    mkdirSync(join(folder, `${run}.jsonl`));
    await expect(journalStore(folder).read(run)).rejects.toMatchObject({ code: 'JOURNAL_UNREADABLE' });
    writeFileSync(join(folder, 'file'), '');
    await expect(journalStore(join(folder, 'file')).runs()).rejects.toMatchObject({ code: 'JOURNAL_UNREADABLE' });
  });
});

it('the state folder is the one of XDG, and a relative one is ignored', () => {
  expect(runsFolder({ XDG_STATE_HOME: '/x', HOME: '/home/kim' })).toBe('/x/nodemend/runs');
  expect(runsFolder({ XDG_STATE_HOME: 'x', HOME: '/home/kim' })).toBe('/home/kim/.local/state/nodemend/runs');
});

describe('a process', () => {
  it('is known to run, and one that ended not, even when another has its number', () => {
    const own = ownProcess();
    expect(own).toMatchObject({ host: hostname(), pid: process.pid });
    expect(isRunningHere(own)).toBe(true);
    expect(isRunningHere({ ...own, start: '1' })).toBe(false);
    expect(isRunningHere({ ...own, boot: 'before' })).toBe(false);
    expect(isRunningHere({ ...own, host: 'elsewhere' })).toBe(false);
    const { pid } = spawnSync('true');
    expect(isRunningHere({ ...own, pid: pid ?? 0 })).toBe(false);
    // Where there is no start time, the number alone has to do.
    expect(isRunningHere({ ...own, start: '' })).toBe(true);
    expect(isRunningHere({ ...own, pid: pid ?? 0, start: '' })).toBe(false);
  });
});
