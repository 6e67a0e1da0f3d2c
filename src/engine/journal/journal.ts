import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { entryLine, type JournalNote, type JournalPlace } from './entry.ts';

/** Where a run writes down what it is about to do and what it did. */
export interface Journal {
  /**
   * Resolves when the line is on the disk. To be awaited before acting.
   * @throws NodemendError JOURNAL_UNWRITABLE: a run that cannot be written down stops.
   */
  readonly write: (note: JournalNote) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const newline = 0x0a;

/**
 * Opens a journal for appending; only its owner may read it. Lines that arrive while the disk is busy go out together,
 * with one fsync: three hundred nodes at once must not wait for three hundred disk flushes each.
 * @throws NodemendError JOURNAL_UNWRITABLE.
 */
export async function openJournal(path: string, session: string, place: JournalPlace): Promise<Journal> {
  const file = await openForAppend(path);
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await file.appendFile(batch.map(({ line }) => line).join(''));
        await file.datasync();
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        const error = unwritable(path, cause);
        for (const { reject } of batch) reject(error);
      }
    }
    flushing = undefined;
  };

  return {
    write: (note) =>
      new Promise((resolve, reject) => {
        const line = entryLine(note, { at: new Date().toISOString(), session }, place);
        waiting.push({ line, resolve, reject });
        flushing ??= flush();
      }),
    close: async () => {
      await flushing;
      await file.close();
    },
  };
}

async function openForAppend(path: string): Promise<FileHandle> {
  try {
    // A journal is never a link that somebody left in its place.
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
    const file = await open(path, flags, 0o600);
    await endTornLine(file);
    return file;
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** A crash may have left half a line; it is ended, so that the next one stands alone. */
async function endTornLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  if (last[0] !== newline) await file.appendFile('\n');
}

function unwritable(path: string, cause: unknown): NodemendError {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new NodemendError('JOURNAL_UNWRITABLE', { path, problem }, { cause });
}
