import { isNodemendError } from '../../../errors/nodemend-error.ts';
import type { NodeLeft, ObjectOutcome, StopReason } from '../../run.ts';
import { alsoOf } from '../node-outcome.ts';
import { lenient } from '../undo-actions.ts';
import type { RunSession } from '../session.ts';
import { changeObject } from './change-object.ts';
import type { ObjectPhase } from './cluster-record.ts';
import { objectOutcome } from './object-outcome.ts';
import type { RecordWriter } from './record-writer.ts';
import { undoObjectActions } from './undo-object-actions.ts';

export interface ChangedObjects {
  /** One for each action of the record, in its order. */
  readonly outcomes: readonly ObjectOutcome[];
  readonly stopped?: StopReason;
}

/**
 * Carries the actions on objects out, one by one: the first is the canary. Any failure restores every object that the
 * run has changed. `go` is false when the nodes did not all come through: then nothing is begun, and what an earlier
 * process left open is finished or undone.
 */
export async function changeObjects(session: RunSession, writer: RecordWriter, go: boolean): Promise<ChangedObjects> {
  const outcomes = new Map<number, ObjectOutcome>();
  try {
    session.emit({ event: 'objects', count: writer.record.actions.length });
    const isGoing = writer.record.state === 'going';
    const fault = isGoing ? await carryOut(session, writer, { go, outcomes }) : undefined;
    if (!isGoing || fault) return await goBack(session, writer, fault);
    return {
      outcomes: complete(writer, outcomes),
      ...(session.signal.aborted ? { stopped: { why: 'interrupted' } } : {}),
    };
  } catch (error) {
    if (!isNodemendError(error)) throw error;
    // The record is not ours to write any more: what is open stays so, and is named.
    const stopped: StopReason = { why: 'error', code: error.code, params: error.params };
    session.emit({ event: 'stopping', reason: stopped });
    return { outcomes: complete(writer, outcomes), stopped };
  }
}

/**
 * Takes all objects of the run back after `fault`, or because an earlier process of the run had begun to. A journal
 * that can no longer be written does not keep them from it, because the cluster keeps its own record.
 */
async function goBack(
  running: RunSession,
  writer: RecordWriter,
  fault: ObjectOutcome | undefined,
): Promise<ChangedObjects> {
  const session = { ...running, journal: lenient(running.journal) };
  const stopped: StopReason = { why: 'object', ...(fault ? { object: fault.object } : {}) };
  session.emit({ event: 'stopping', reason: stopped });
  const restored = await undoObjectActions(session, writer, () => true);
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
  writer: RecordWriter,
  { go, outcomes }: Going,
): Promise<ObjectOutcome | undefined> {
  for (const [index, action] of writer.record.actions.entries()) {
    const phase = writer.phase(index);
    if (phase === 'applied' || phase === 'already') {
      outcomes.set(index, objectOutcome(action, phase === 'applied' ? 'changed' : 'as-before', { ending: 'done' }));
      continue;
    }
    if (session.signal.aborted || (!go && phase === 'planned')) continue;
    const outcome = await changeObject(session, writer, index);
    outcomes.set(index, outcome);
    if (outcome.ending === 'done' || outcome.ending === 'interrupted') await tell(session, outcome);
    else return outcome;
  }
  return undefined;
}

/** What went wrong with an object, and whether taking it back went wrong too. */
function withRestoring(fault: ObjectOutcome, restored: ObjectOutcome): ObjectOutcome {
  const { left, ending, detail } = restored;
  const also =
    ending === 'taken-back' || ending === 'not-started'
      ? {}
      : { detail: `${fault.detail ?? fault.ending}; undo: ${detail ?? ending}`, ...alsoOf(fault.also, restored) };
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

function complete(writer: RecordWriter, outcomes: ReadonlyMap<number, ObjectOutcome>): readonly ObjectOutcome[] {
  return writer.record.actions.map(
    (action, index) =>
      outcomes.get(index) ?? objectOutcome(action, leftBy[writer.phase(index)], { ending: 'not-started' }),
  );
}
