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
import { parseEntry, parseJournal, type JournalNote } from './entry.ts';
import { openJournal } from './journal.ts';
import { journalStore } from './journal-store.ts';
import { isRunningHere, ownProcess } from './process-identity.ts';
import { runsFolder } from './state-folder.ts';

const run = '20261124-0931-container-logs-7f3a';
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
      const journal = await openJournal(path, session);
      await journal.write(note);
      await journal.close();
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(parseJournal(readFileSync(path, 'utf8'))).toMatchObject([
      { ...note, session: 'aa' },
      { ...note, session: 'bb' },
    ]);
  });

  it('keeps the order of a crowd of writers, all of them on the disk when they are told so', async () => {
    const path = join(folder, 'j.jsonl');
    const journal = await openJournal(path, 'aa');
    await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        await journal.write({ ...note, node: `worker-${index}` });
        expect(readFileSync(path, 'utf8')).toContain(`"worker-${index}"`);
      }),
    );
    await journal.close();
    expect(parseJournal(readFileSync(path, 'utf8')).map((entry) => 'node' in entry && entry.node)).toEqual(
      Array.from({ length: 300 }, (_, index) => `worker-${index}`),
    );
  });

  it('torn at any byte loses at most its last line, and what is written later stands alone', async () => {
    const path = join(folder, 'j.jsonl');
    const journal = await openJournal(path, 'aa');
    for (let index = 0; index < 3; index += 1) await journal.write({ ...note, node: `worker-${index}` });
    await journal.close();
    const whole = readFileSync(path);
    const lineEnds = [...whole.keys()].filter((index) => whole[index] === 0x0a);
    for (let size = 0; size <= whole.length; size += 1) {
      writeFileSync(path, whole);
      truncateSync(path, size);
      const again = await openJournal(path, 'bb');
      await again.write({ ...note, node: 'later' });
      await again.close();
      const entries = parseJournal(readFileSync(path, 'utf8'));
      // A line whose newline alone is missing is whole.
      const kept = lineEnds.filter((end) => end <= size).length;
      expect(entries.map((entry) => 'node' in entry && entry.node)).toEqual([
        ...['worker-0', 'worker-1', 'worker-2'].slice(0, kept),
        'later',
      ]);
    }
  });

  it('that cannot be written says so', async () => {
    await expect(openJournal(join(folder, 'none', 'j.jsonl'), 'aa')).rejects.toMatchObject({
      code: 'JOURNAL_UNWRITABLE',
    });
    writeFileSync(join(folder, 'other'), '');
    symlinkSync(join(folder, 'other'), join(folder, 'link.jsonl'));
    await expect(openJournal(join(folder, 'link.jsonl'), 'aa')).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' });
    const closed = await openJournal(join(folder, 'j.jsonl'), 'aa');
    await closed.close();
    await expect(closed.write(note)).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' });
    writeFileSync(join(folder, 'file'), '');
    await expect(journalStore(join(folder, 'file', 'runs')).open(run, 'aa')).rejects.toMatchObject({
      code: 'JOURNAL_UNWRITABLE',
    });
  });

  it('reads nothing from lines that are no entries, and never throws', () => {
    expect(parseEntry('{"at":"now","session":"a","entry":"of a newer nodemend"}')).toBeUndefined();
    expect(
      parseEntry('{"at":"now","session":"a","entry":"before","node":"w","step":"stage","also":"new"}'),
    ).toMatchObject({ node: 'w' });
    fc.assert(fc.property(fc.string(), (text) => void parseJournal(text)));
    fc.assert(fc.property(fc.jsonValue(), (value) => void parseEntry(JSON.stringify(value))));
  });
});

describe('the journals of a machine', () => {
  it('are listed by time, other files passed by', async () => {
    const store = journalStore(join(folder, 'runs'));
    expect(await store.runs()).toEqual([]);
    for (const id of ['20261124-0931-b-0002', '20261123-0931-a-0001']) await (await store.open(id, 'aa')).close();
    appendFileSync(join(folder, 'runs', 'notes.txt'), 'x');
    expect(await store.runs()).toEqual(['20261123-0931-a-0001', '20261124-0931-b-0002']);
    expect(await store.read('20261124-0931-b-0002')).toEqual([]);
    expect(await store.read(run)).toBeUndefined();
    expect(await store.plan(run)).toBeUndefined();
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
