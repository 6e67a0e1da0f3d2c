import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { makeOwnFolder, ownPath } from '../../files/own-path.ts';
import { syncFolder, writeWhole } from '../../files/write-whole.ts';
import { concurrently } from '../rollout/concurrently.ts';
import { compareNames } from '../compare-names.ts';
import { withoutPriorContents } from '../plan-hash.ts';
import type { Plan } from '../plan.ts';
import { planText, readPlan } from '../read-plan.ts';
import { isRunId } from '../run-id.ts';
import { entryLine, parseJournal, runNumber, type JournalText } from './entry.ts';
import { openJournal, type Journal } from './journal.ts';

/**
 * The journals of this machine: `<run>.jsonl`, and beside it `<run>.plan.json`, which a resume works from. Each call
 * throws NodemendError PATH_UNSAFE where others could change the folder.
 */
export interface JournalStore {
  readonly folder: string;
  /** Opens a run's journal, making it where it is new. @throws NodemendError JOURNAL_UNWRITABLE. */
  readonly open: (run: string, session: string) => Promise<Journal>;
  /** Undefined where this machine knows nothing of the run. @throws NodemendError JOURNAL_UNREADABLE. */
  readonly read: (run: string) => Promise<JournalText | undefined>;
  /** By their names, which begin with the clock's time: not the order in which they were begun. */
  readonly runs: () => Promise<readonly string[]>;
  /** @throws NodemendError JOURNAL_UNWRITABLE. */
  readonly keepPlan: (run: string, plan: Plan) => Promise<void>;
  /** Undefined where it was not kept here. @throws NodemendError PLAN_… when it was damaged. */
  readonly plan: (run: string) => Promise<Plan | undefined>;
}

export function journalStore(folder: string): JournalStore {
  const fileOf = (run: string, suffix: string): string => {
    if (!isRunId(run)) throw new NodemendError('RUN_ID_INVALID', { run });
    return join(folder, `${run}${suffix}`);
  };
  return {
    folder,
    open: async (run, session) => {
      const path = fileOf(run, '.jsonl');
      makeFolder(folder);
      const number = await placeOf(folder, run, path);
      const journal = await openJournal(path, session, { run, number });
      await syncFolder(folder);
      return journal;
    },
    read: async (run) => {
      const text = await readIfThere(fileOf(run, '.jsonl'));
      return text === undefined ? undefined : parseJournal(text, run);
    },
    runs: () => listRunIds(folder),
    keepPlan: async (run, plan) => {
      makeFolder(folder);
      await keep(fileOf(run, '.plan.json'), planText(withoutPriorContents(plan)));
    },
    plan: async (run) => {
      const path = fileOf(run, '.plan.json');
      const text = await readIfThere(path);
      return text === undefined ? undefined : readPlan(text, path);
    },
  };
}

/** The number of a run that is known here, or the next one. A journal of 0.1 is brought into today's form first. */
async function placeOf(folder: string, run: string, path: string): Promise<number> {
  const text = (await readIfThere(path)) ?? '';
  const known = runNumber(text, run);
  if (known !== undefined) return known;
  const journal = parseJournal(text, run);
  if (journal.isOld && journal.entries.length > 0) {
    await keep(path, sealedText(text, run));
    return 0;
  }
  const others = await listRunIds(folder);
  const numbers = await concurrently(others, 8, async (other) =>
    runNumber((await readIfThere(join(folder, `${other}.jsonl`))) ?? '', other),
  );
  return 1 + Math.max(0, ...numbers.map((number) => number ?? 0));
}

/** What is not a line of 0.1 stays as it is, and counts as damaged from now on. */
function sealedText(text: string, run: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => {
      const [entry] = parseJournal(line, run).entries;
      if (!entry) return `${line}\n`;
      const { at, session, ...note } = entry;
      return entryLine(note, { at, session }, { run, number: 0 });
    })
    .join('');
}

function makeFolder(folder: string): void {
  try {
    makeOwnFolder(folder);
  } catch (cause) {
    throw isNodemendError(cause) ? cause : unwritable(folder, cause);
  }
}

async function keep(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, [text], { mode: 0o600 });
  } catch (cause) {
    throw isNodemendError(cause) ? cause : unwritable(path, cause);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    if (!statSync(path, { throwIfNoEntry: false })) return undefined;
    // What is read is believed: a run is resumed and undone by it.
    return await readFile(ownPath(path).path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    if (isNodemendError(cause)) throw cause;
    throw new NodemendError('JOURNAL_UNREADABLE', { path, problem: messageOf(cause) }, { cause });
  }
}

async function listRunIds(folder: string): Promise<readonly string[]> {
  try {
    // Whoever could put something into the folder has not: a pod may run as any user, in another user's home.
    if (!statSync(folder, { throwIfNoEntry: false })) return [];
    const names = await readdir(ownPath(folder).path);
    return names
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => name.slice(0, -'.jsonl'.length))
      .filter(isRunId)
      .toSorted(compareNames);
  } catch (cause) {
    if (isMissing(cause)) return [];
    if (isNodemendError(cause)) throw cause;
    throw new NodemendError('JOURNAL_UNREADABLE', { path: folder, problem: messageOf(cause) }, { cause });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function unwritable(path: string, cause: unknown): NodemendError {
  return new NodemendError('JOURNAL_UNWRITABLE', { path, problem: messageOf(cause) }, { cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
