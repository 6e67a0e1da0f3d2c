import { clusterActionKind } from '../../../actions/cluster-action-kinds.ts';
import type { StepResult } from '../../../actions/action.ts';
import type { ClusterActionSpec } from '../../../actions/cluster-action-kinds.ts';
import type { ClusterActionStep } from '../../../actions/cluster-action.ts';
import { isNodemendError } from '../../../errors/nodemend-error.ts';
import type { NodeLeft, ObjectOutcome } from '../../run.ts';
import { faultOfError, faultOfResult } from '../node-outcome.ts';
import type { RunSession } from '../session.ts';
import { objectContext, performObjectStep } from './object-step.ts';
import { objectOutcome, type ObjectFault } from './object-outcome.ts';
import type { RecordWriter } from './record-writer.ts';

/** How far one object has come. */
interface Progress {
  step: string;
  inForce: boolean;
}

/**
 * Carries one action on an object out, or finishes what an earlier process of the run began. It is not undone here:
 * what went wrong with it goes wrong for all objects of the run.
 * @throws NodemendError when the record could not be written: then nothing more may be done.
 */
export async function changeObject(session: RunSession, writer: RecordWriter, index: number): Promise<ObjectOutcome> {
  const action = writer.record.actions[index] as ClusterActionSpec;
  const progress: Progress = { step: 'inspect', inForce: false };
  try {
    const fault = await carryOut(session, writer, { action, index, progress });
    if (fault) return objectOutcome(action, progress.inForce ? 'changed' : 'as-before', fault);
    const left: NodeLeft = writer.phase(index) === 'already' ? 'as-before' : 'changed';
    return objectOutcome(action, left, { ending: 'done' });
  } catch (error) {
    if (isRecordFault(error)) throw error;
    // Of a change that broke off nobody knows whether it was carried out.
    const left: NodeLeft = progress.inForce ? 'changed' : writer.phase(index) === 'applying' ? 'unknown' : 'as-before';
    return objectOutcome(
      action,
      left,
      isInterrupted(session, error)
        ? { ending: 'interrupted', step: progress.step }
        : faultOfError(progress.step, error),
    );
  }
}

/** The record, or the lease, is not this process's any more: it must stop where it is. */
export function isRecordFault(error: unknown): boolean {
  return isNodemendError(error) && ['CLUSTER_RECORD_TAKEN', 'LEASE_LOST'].includes(error.code);
}

interface Work {
  readonly action: ClusterActionSpec;
  readonly index: number;
  readonly progress: Progress;
}

async function carryOut(session: RunSession, writer: RecordWriter, work: Work): Promise<ObjectFault | undefined> {
  const { action, index, progress } = work;
  const kind = clusterActionKind(action.kind);
  progress.inForce = await isInForce(session, writer, work);
  for (const step of progress.inForce ? kind.verify(action) : kind.apply(action)) {
    if (session.signal.aborted && !progress.inForce) return { ending: 'interrupted', step: step.name };
    const result = await take(session, writer, { ...work, step });
    if (result.outcome === 'rejected' || result.outcome === 'refused')
      return notDone(writer, work, faultOfResult(step.name, result));
    if (result.outcome === 'already' && !progress.inForce) break;
  }
  await writer.reach(index, progress.inForce ? 'applied' : 'already');
  return undefined;
}

/** Whether an earlier process of this run had already made the change. */
async function isInForce(session: RunSession, writer: RecordWriter, { action, index }: Work): Promise<boolean> {
  return (
    writer.phase(index) === 'applying' &&
    (await clusterActionKind(action.kind).inspect(action, objectContext(session))) === 'applied'
  );
}

/** A step that refused to change the object has not: there is nothing to undo. */
async function notDone(writer: RecordWriter, { index, progress }: Work, fault: ObjectFault): Promise<ObjectFault> {
  if (!progress.inForce) await writer.reach(index, 'planned');
  return fault;
}

async function take(
  session: RunSession,
  writer: RecordWriter,
  { action, index, progress, step }: Work & { readonly step: ClusterActionStep },
): Promise<StepResult> {
  progress.step = step.name;
  if (step.commits) {
    await writer.reach(index, 'applying');
    session.assertHeld();
  }
  const result = await performObjectStep(session, action, step);
  if (step.commits && result.outcome === 'done') progress.inForce = true;
  return result;
}

function isInterrupted({ signal }: RunSession, error: unknown): boolean {
  return (
    signal.aborted && (error === signal.reason || (isNodemendError(error) && error.code === 'COMMAND_INTERRUPTED'))
  );
}
