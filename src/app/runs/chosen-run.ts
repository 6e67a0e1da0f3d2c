import { listRuns } from '../../engine/history.ts';
import { journalStore } from '../../engine/journal/journal-store.ts';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { isRunId } from '../../engine/run-id.ts';
import type { Ports } from '../ports.ts';

/**
 * The run that was named, else the newest one that this machine started: what "take that back" means right after a run.
 * @throws NodemendError RUN_ID_INVALID before anybody is asked to approve it; NO_RUN_HERE when this machine started
 *   none; the nodes know theirs, and are asked by name; RUN_ORDER_UNKNOWN
 */
export async function chosenRun(named: string | undefined, { environment }: Ports): Promise<string> {
  if (named !== undefined && !isRunId(named)) throw new NodemendError('RUN_ID_INVALID', { run: named });
  if (named !== undefined) return named;
  const [newest] = await listRuns(journalStore(runsFolder(environment)));
  if (!newest) throw new NodemendError('NO_RUN_HERE');
  // It may be the newest, or any other: to take the next one would undo what nobody meant.
  if (newest.number === undefined) throw new NodemendError('RUN_ORDER_UNKNOWN', { run: newest.run });
  return newest.run;
}
