import { expect, test } from 'vitest';
import { MemoryJournals } from '../../test/model/memory-journal.ts';
import type { JournalEntry } from './journal/entry.ts';
import { parseJournal } from './journal/entry.ts';
import { recordedOptions, withRecordedDrain } from './recorded-options.ts';
import { openSession } from './rollout/open-session.ts';
import { defaultRunOptions, type RunOptions } from './run.ts';

const run = '20261130-1200-kernel-memory-0001';
const approved: RunOptions = {
  ...defaultRunOptions,
  owner: 'kim@laptop',
  maxUnavailable: { percent: 5 },
  allow: ['reboot'],
  drain: { ...defaultRunOptions.drain, force: true, gracePeriodSeconds: 30, timeoutSeconds: 60 },
};
const given: RunOptions = { ...defaultRunOptions, owner: 'lee@desk', soakSeconds: 99 };

/** Through a journal's text, as another process finds it. */
async function journalOf(options: RunOptions): Promise<readonly JournalEntry[]> {
  const journals = new MemoryJournals();
  const journal = journals.store(async () => undefined);
  const session = await openSession(
    { targets: [], journal, problems: [], options, onEvent: () => undefined, signal: new AbortController().signal },
    {
      run,
      kind: 'apply',
      plan: 'p',
      problems: ['kernel-memory'],
      nodes: ['a'],
      lease: { assertHeld: () => undefined, release: async () => undefined },
    },
  );
  await session.journal.close();
  return (await journal.read(run))?.entries ?? [];
}

test('a resume goes on as it was approved, whoever resumes', async () => {
  expect(recordedOptions(await journalOf(approved), given)).toEqual({ ...approved, owner: 'lee@desk' });
  expect(recordedOptions([], given)).toEqual(given);
});

test('an undo empties nodes as the run did, and is its own in all else', async () => {
  expect(withRecordedDrain(await journalOf(approved), given)).toEqual({ ...given, drain: approved.drain });
});

test('a journal of 0.1, which drained nothing, is resumed', () => {
  const { drain: _drain, owner, maxUnavailable: _none, ...options } = { ...approved, maxUnavailable: undefined };
  const begin = {
    at: '2026-11-30T12:00:00Z',
    session: 'aa',
    entry: 'begin',
    kind: 'apply',
    run,
    plan: 'p',
    problems: [],
    nodes: [],
    options: { ...options, owner },
    process: { host: 'h', boot: 'b', pid: 1, start: 's' },
  };
  const { entries } = parseJournal(`${JSON.stringify(begin)}\n`, run);
  expect(entries).toHaveLength(1);
  expect(recordedOptions(entries, given)).toMatchObject({ drain: defaultRunOptions.drain, allow: ['reboot'] });
});
