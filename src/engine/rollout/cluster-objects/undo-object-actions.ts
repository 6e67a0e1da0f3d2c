import { clusterActionKind } from '../../../actions/cluster-action-kinds.ts';
import type { ClusterActionSpec } from '../../../actions/cluster-action-kinds.ts';
import { objectWords } from '../../../actions/object-words.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import type { ErrorCode } from '../../../errors/catalogue.ts';
import type { ObjectOutcome } from '../../run.ts';
import { faultOfError, faultOfResult } from '../node-outcome.ts';
import type { RunSession } from '../session.ts';
import { isRecordFault } from './change-object.ts';
import type { ObjectPhase } from './cluster-record.ts';
import { objectOutcome, type ObjectFault } from './object-outcome.ts';
import { objectContext, performObjectStep } from './object-step.ts';
import type { RecordWriter } from './record-writer.ts';

/** What a run has changed, or may have. */
const changed: ReadonlySet<ObjectPhase> = new Set(['applying', 'applied', 'undoing']);

/**
 * Undoes the changes of a run's objects, the last first; behind them those that put into force what was put back. One
 * that cannot be undone does not keep the others from it. The outcome of each object of the run, in the plan's order;
 * `taken-back` for those on which something was done, or had been.
 * @throws NodemendError when the record cannot be written: then nothing more may be done.
 */
export async function undoObjectActions(
  session: RunSession,
  writer: RecordWriter,
  isAllowed: (action: ClusterActionSpec) => boolean,
): Promise<readonly ObjectOutcome[]> {
  await writer.beginUndo();
  const outcomes = new Map<number, ObjectOutcome>();
  for (const [index, action] of inUndoOrder(writer.record.actions))
    outcomes.set(index, await undoObjectAction(session, writer, { action, index, isAllowed: isAllowed(action) }));
  return writer.record.actions.flatMap((_action, index) => outcomes.get(index) ?? []);
}

function inUndoOrder(actions: readonly ClusterActionSpec[]): readonly (readonly [number, ClusterActionSpec])[] {
  const isLast = ([, { kind }]: readonly [number, ClusterActionSpec]): boolean =>
    clusterActionKind(kind).undoneLast === true;
  const placed = [...actions.entries()];
  return [...placed.filter((one) => !isLast(one)).toReversed(), ...placed.filter(isLast)];
}

interface Placed {
  readonly action: ClusterActionSpec;
  readonly index: number;
  readonly isAllowed: boolean;
}

async function undoObjectAction(
  session: RunSession,
  writer: RecordWriter,
  { action, index, isAllowed }: Placed,
): Promise<ObjectOutcome> {
  const phase = writer.phase(index);
  if (!changed.has(phase)) return unchanged(session, action, phase);
  if (session.kind === 'undo' && session.signal.aborted)
    return objectOutcome(action, 'changed', { ending: 'not-started' });
  if (!isAllowed) {
    return objectOutcome(
      action,
      'changed',
      faultOfError('undo', new NodemendError('DISRUPTION_NOT_ALLOWED', { what: action.disrupts ?? '-' })),
    );
  }
  await writer.reach(index, 'undoing');
  const fault = await undo(session, action);
  if (!fault) {
    await writer.reach(index, 'undone');
    return objectOutcome(action, 'as-before', { ending: 'taken-back' });
  }
  return objectOutcome(
    action,
    fault.code !== undefined && leftAlone.includes(fault.code) ? 'changed' : 'unknown',
    fault,
  );
}

async function unchanged(session: RunSession, action: ClusterActionSpec, phase: ObjectPhase): Promise<ObjectOutcome> {
  const fault = await contradiction(session, action, phase);
  if (fault) return objectOutcome(action, 'unknown', fault);
  return objectOutcome(action, 'as-before', { ending: phase === 'undone' ? 'taken-back' : 'not-started' });
}

/**
 * Whether an object is as the run would leave it, where the record says that the run has not changed it, or not any
 * more. Others can write a record, and somebody else may have made the same change: either way it is neither undone
 * on a guess nor called done. What a run does with its own objects it knows from itself.
 */
async function contradiction(
  session: RunSession,
  action: ClusterActionSpec,
  phase: ObjectPhase,
): Promise<ObjectFault | undefined> {
  // An object that was as wanted before the run is as the run would leave it.
  if (session.kind !== 'undo' || phase === 'already') return undefined;
  try {
    const state = await clusterActionKind(action.kind).inspect(action, objectContext(session));
    if (state !== 'applied') return undefined;
    throw new NodemendError('OBJECT_RECORD_CONTRADICTED', { object: objectWords(action.object) });
  } catch (error) {
    return faultOfError('inspect', error);
  }
}

/** Nothing was done about it: it is as the run, or somebody since, left it. */
const leftAlone: readonly ErrorCode[] = [
  'OBJECT_CHANGED_SINCE_RUN',
  'OBJECT_NOT_OURS',
  'API_FORBIDDEN',
  'API_REJECTED',
];

async function undo(session: RunSession, action: ClusterActionSpec): Promise<ObjectFault | undefined> {
  for (const step of clusterActionKind(action.kind).undo(action)) {
    try {
      session.assertHeld();
      const result = await performObjectStep(session, action, step);
      if (result.outcome === 'refused' || result.outcome === 'rejected') return faultOfResult(step.name, result);
    } catch (error) {
      if (isRecordFault(error)) throw error;
      return faultOfError(step.name, error);
    }
  }
  return undefined;
}
