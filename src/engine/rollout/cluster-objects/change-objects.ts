import { isNodemendError } from '../../../errors/nodemend-error.ts';
import type { NodeLeft, ObjectOutcome, StopReason } from '../../run.ts';
import { lenient } from '../restore.ts';
import type { RunSession } from '../session.ts';
import { changeObject } from './change-object.ts';
import type { ObjectPhase } from './cluster-record.ts';
import { objectOutcome } from './object-outcome.ts';
import type { RecordKeeper } from './record-keeper.ts';
import { restoreObjects } from './restore-objects.ts';

export interface ChangedObjects {
  /** One for each action of the record, in its order. */
  readonly outcomes: readonly ObjectOutcome[];
  readonly stopped?: StopReason;
}

/**
 * Carries the actions on objects out, one by one: the first is the canary. Any failure takes back every object that the
 * run has changed. `go` is false when the nodes did not all come through: then nothing is begun, and what an earlier
 * process left open is finished or taken back.
 */
export async function changeObjects(session: RunSession, keeper: RecordKeeper, go: boolean): Promise<ChangedObjects> {
  const outcomes = new Map<number, ObjectOutcome>();
  try {
    session.emit({ event: 'objects', count: keeper.record.actions.length });
    const isGoing = keeper.record.state === 'going';
    const fault = isGoing ? await carryOut(session, keeper, { go, outcomes }) : undefined;
    if (!isGoing || fault) return await goBack(session, keeper, fault);
    return {
      outcomes: complete(keeper, outcomes),
      ...(session.signal.aborted ? { stopped: { why: 'interrupted' } } : {}),
    };
  } catch (error) {
    if (!isNodemendError(error)) throw error;
    // The record is not ours to write any more: what is open stays so, and is named.
    const stopped: StopReason = { why: 'error', code: error.code, params: error.params };
    session.emit({ event: 'stopping', reason: stopped });
    return { outcomes: complete(keeper, outcomes), stopped };
  }
}

/**
 * Takes all objects of the run back after `fault`, or because an earlier process of the run had begun to. A journal
 * that can no longer be written does not keep them from it, because the cluster keeps its own record.
 */
async function goBack(
  running: RunSession,
  keeper: RecordKeeper,
  fault: ObjectOutcome | undefined,
): Promise<ChangedObjects> {
  const session = { ...running, journal: lenient(running.journal) };
  const stopped: StopReason = { why: 'object', ...(fault ? { object: fault.object } : {}) };
  session.emit({ event: 'stopping', reason: stopped });
  const restored = await restoreObjects(session, keeper, () => true);
  const outcomes = restored.map((outcome) =>
    outcome.action === fault?.action ? withRestoring(fault, outcome) : outcome,
  );
  for (const outcome of outcomes) await tell(session, outcome);
  return { outcomes, stopped };
}

interface Going {
  readonly go: boolean;
  readonly outcomes: Map<number, ObjectOutcome>;
}

/** The outcome that ends it, if one does. */
async function carryOut(
  session: RunSession,
  keeper: RecordKeeper,
  { go, outcomes }: Going,
): Promise<ObjectOutcome | undefined> {
  for (const [index, action] of keeper.record.actions.entries()) {
    const phase = keeper.phase(index);
    if (phase === 'applied' || phase === 'already') {
      outcomes.set(index, objectOutcome(action, phase === 'applied' ? 'changed' : 'as-before', { ending: 'done' }));
      continue;
    }
    if (session.signal.aborted || (!go && phase === 'planned')) continue;
    const outcome = await changeObject(session, keeper, index);
    outcomes.set(index, outcome);
    if (outcome.ending === 'done' || outcome.ending === 'interrupted') await tell(session, outcome);
    else return outcome;
  }
  return undefined;
}

/** What went wrong with an object, and whether taking it back went wrong too. */
function withRestoring(fault: ObjectOutcome, { left, ending, detail }: ObjectOutcome): ObjectOutcome {
  const also =
    ending === 'taken-back' || ending === 'not-started'
      ? {}
      : { detail: `${fault.detail ?? fault.ending}; undo: ${detail ?? ending}` };
  return { ...fault, left, ...also };
}

export async function tell(session: RunSession, outcome: ObjectOutcome): Promise<void> {
  if (outcome.ending === 'not-started') return;
  await session.journal.write({ entry: 'object', outcome });
  session.emit({ event: 'object-ended', outcome });
}

/** What each phase says of an object on which this process did nothing. */
const leftBy: Readonly<Record<ObjectPhase, NodeLeft>> = {
  planned: 'as-before',
  already: 'as-before',
  applying: 'unknown',
  applied: 'changed',
  undoing: 'unknown',
  undone: 'as-before',
};

function complete(keeper: RecordKeeper, outcomes: ReadonlyMap<number, ObjectOutcome>): readonly ObjectOutcome[] {
  return keeper.record.actions.map(
    (action, index) =>
      outcomes.get(index) ?? objectOutcome(action, leftBy[keeper.phase(index)], { ending: 'not-started' }),
  );
}
