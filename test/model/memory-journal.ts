import { entryLine, parseJournal, runNumber } from '../../src/engine/journal/entry.ts';
import type { JournalStore } from '../../src/engine/journal/journal-store.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { withoutPriorContents } from '../../src/engine/plan-hash.ts';

/**
 * A fake: journals in memory, in the text of the real ones, so that they can be damaged. It forgets nothing and flushes
 * nothing; the real store is tested beside its code.
 */
export class MemoryJournals {
  readonly texts = new Map<string, string>();
  readonly plans = new Map<string, Plan>();

  /** Both are told of each line, before and after it, and may never answer: the process has died then. */
  store(writes: () => Promise<void>, wrote: () => Promise<void> = async () => {}): JournalStore {
    return {
      folder: 'memory',
      open: async (run, session) => {
        const number = runNumber(this.texts.get(run) ?? '', run) ?? this.texts.size + 1;
        return {
          write: async (note) => {
            await writes();
            // The process of a history is this one, and is dead as soon as the history says so.
            const dead = note.entry === 'begin' ? { process: { ...note.process, start: '1' } } : {};
            const line = entryLine({ ...note, ...dead }, { at: '2026-11-24T09:31:00Z', session }, { run, number });
            this.texts.set(run, (this.texts.get(run) ?? '') + line);
            await wrote();
          },
          close: async () => {},
        };
      },
      read: async (run) => {
        const text = this.texts.get(run);
        return text === undefined ? undefined : parseJournal(text, run);
      },
      runs: async () => [...this.texts.keys()],
      keepPlan: async (run, plan) => void this.plans.set(run, withoutPriorContents(plan)),
      plan: async (run) => this.plans.get(run),
    };
  }
}
