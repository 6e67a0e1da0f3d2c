import { isNodemendError } from '../../../errors/nodemend-error.ts';
import type { ObjectOutcome, StopReason } from '../../run.ts';
import type { RunSession } from '../session.ts';
import { tell, type ChangedObjects } from './change-objects.ts';
import { objectOutcome } from './object-outcome.ts';
import type { RecordWriter } from './record-writer.ts';
import { undoObjectActions } from './undo-object-actions.ts';

/**
 * Undoes the changes of a run's objects because somebody asked for it. What starts new pods has to be allowed, as it had to
 * be to make it.
 */
export async function undoObjects(session: RunSession, writer: RecordWriter): Promise<ChangedObjects> {
  const { allow } = session.options;
  try {
    const restored = await undoObjectActions(
      session,
      writer,
      ({ disrupts }) => disrupts !== 'restart' || allow.includes(disrupts),
    );
    const outcomes = restored.map(asUndone);
    for (const outcome of outcomes) await tell(session, outcome);
    return { outcomes };
  } catch (error) {
    if (!isNodemendError(error)) throw error;
    const stopped: StopReason = { why: 'error', code: error.code, params: error.params };
    session.emit({ event: 'stopping', reason: stopped });
    return {
      outcomes: writer.record.actions.map((action) => objectOutcome(action, 'unknown', { ending: 'not-started' })),
      stopped,
    };
  }
}

/** As with nodes: where nothing is left to undo, it is done. */
function asUndone(outcome: ObjectOutcome): ObjectOutcome {
  return outcome.left === 'as-before' ? { ...outcome, ending: 'done' } : outcome;
}
