import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { Journal } from '../journal/journal.ts';
import type { StopReason } from '../run.ts';

/** A journal whose first line that cannot be written is told, beside being thrown to whoever was to wait for it. */
export function watched(journal: Journal, tell: (fault: StopReason) => void): Journal {
  return {
    ...journal,
    write: async (note) => {
      try {
        await journal.write(note);
      } catch (error) {
        if (isNodemendError(error)) tell({ why: 'error', code: error.code, params: error.params });
        throw error;
      }
    },
  };
}
