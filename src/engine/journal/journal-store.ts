import { chmod, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { compareNames } from '../compare-names.ts';
import { withoutPriorContents } from '../plan-hash.ts';
import type { Plan } from '../plan.ts';
import { planText, readPlan } from '../read-plan.ts';
import { isRunId } from '../run-id.ts';
import { parseJournal, type JournalEntry } from './entry.ts';
import { openJournal, type Journal } from './journal.ts';

/** The journals of this machine: `<run>.jsonl`, and beside it `<run>.plan.json`, which a resume works from. */
export interface JournalStore {
  readonly folder: string;
  /** Opens a run's journal, making it where it is new. @throws NodemendError JOURNAL_UNWRITABLE. */
  readonly open: (run: string, session: string) => Promise<Journal>;
  /** Undefined where this machine knows nothing of the run. @throws NodemendError JOURNAL_UNREADABLE. */
  readonly read: (run: string) => Promise<readonly JournalEntry[] | undefined>;
  /** Oldest first. */
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
      await makeFolder(folder);
      const journal = await openJournal(path, session);
      await flushFolder(folder);
      return journal;
    },
    read: async (run) => {
      const text = await readIfThere(fileOf(run, '.jsonl'));
      return text === undefined ? undefined : parseJournal(text);
    },
    runs: () => listRunIds(folder),
    keepPlan: async (run, plan) => {
      await makeFolder(folder);
      await writeWhole(fileOf(run, '.plan.json'), planText(withoutPriorContents(plan)));
      await flushFolder(folder);
    },
    plan: async (run) => {
      const path = fileOf(run, '.plan.json');
      const text = await readIfThere(path);
      return text === undefined ? undefined : readPlan(text, path);
    },
  };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** Under another name first: a plan is whole or it is not there. */
async function writeWhole(path: string, text: string): Promise<void> {
  const aside = `${path}.new`;
  try {
    const file = await open(aside, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/**
 * A file's name is in its folder, which has to reach the disk too. Not every system can do that (EISDIR, EPERM on
 * some).
 */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new NodemendError('JOURNAL_UNREADABLE', { path, problem: messageOf(cause) }, { cause });
  }
}

async function listRunIds(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => name.slice(0, -'.jsonl'.length))
      .filter(isRunId)
      .toSorted(compareNames);
  } catch (cause) {
    if (isMissing(cause)) return [];
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
