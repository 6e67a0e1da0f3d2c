import { NodemendError } from '../errors/nodemend-error.ts';
import type { JournalText } from './journal/entry.ts';
import type { JournalStore } from './journal/journal-store.ts';
import type { Plan } from './plan.ts';
import { keptPlan, planHashIn } from './run-journal.ts';

/** A plan that was given for a run, where this machine does not have the run's own. */
export interface GivenPlan {
  readonly plan: Plan;
  /** Named in errors. */
  readonly file: string;
}

export interface PlanQuestion {
  readonly run: string;
  /** Of the run, on this machine. */
  readonly text: JournalText | undefined;
  readonly given: GivenPlan | undefined;
}

/**
 * The plan of a run: what lies beside its journal, else what was given. @throws NodemendError RUN_PLAN_MISMATCH for the
 * plan of another run, PLAN_… for a damaged one
 */
export async function planOfRun(journal: JournalStore, { run, text, given }: PlanQuestion): Promise<Plan | undefined> {
  const hash = text && planHashIn(text.entries);
  if (given && hash !== undefined && given.plan.hash !== hash)
    throw new NodemendError('RUN_PLAN_MISMATCH', { file: given.file, run });
  return (text && (await keptPlan(journal, text))) ?? given?.plan;
}
