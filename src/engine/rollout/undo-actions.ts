import { actionKind, type StoredAction } from '../../actions/action-kinds.ts';
import type { ActionStep, Kept, StepResult, UntilReboot } from '../../actions/action.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { Journal } from '../journal/journal.ts';
import type { NodeLeft } from '../run.ts';
import { faultOfError, faultOfResult, isConnectionFault, type NodeFault } from './node-outcome.ts';
import { contextFor, type PlacedAction, type RunSession } from './session.ts';
import { performStep } from './step.ts';
import type { WorkingConnection } from './working-connection.ts';

export interface UndoneActions {
  readonly left: NodeLeft;
  /** Whether anything was put back now. */
  readonly restored: boolean;
  /** What stays in force until the next boot, if the undo did not reboot the node. */
  readonly untilReboot?: UntilReboot;
  /** What a pause left for a resume, or an undo where it could not be put back. */
  readonly kept?: Kept;
  /**
   * Of the first action that could not be undone; the others were tried anyway. Its params name those that were
   * not (`notUndone`).
   */
  readonly fault?: NodeFault;
}

/** `pause`: what has come is kept, where the kind can. */
type How = 'undo' | 'pause';

/**
 * Undoes actions of one node, the last first. What cannot be undone does not keep the others from it. A restart
 * comes after all of them, because it puts into force what they put back; where one of them could not be, it would
 * bring nothing back but the disturbance, and is left for the next undo.
 */
async function undoActions(
  session: RunSession,
  connection: WorkingConnection,
  { actions, machineId, how }: ToUndo,
): Promise<UndoneActions> {
  const undone: UndoneAction[] = [];
  for (const placed of undoOrder(actions)) {
    const isHeldBack = isUndoneLast(placed) && undone.some(({ fault }) => fault !== undefined);
    const answer = isHeldBack ? { restored: false } : await undoAction(session, connection, { placed, machineId, how });
    undone.push({ placed, isHeldBack, ...answer });
  }
  return together(undone);
}

interface ToUndo {
  readonly actions: readonly PlacedAction[];
  readonly machineId: string;
  readonly how: How;
}

type UndoneAlone = Pick<UndoneActions, 'restored' | 'untilReboot' | 'kept' | 'fault'>;

interface UndoneAction extends UndoneAlone {
  readonly placed: PlacedAction;
  readonly isHeldBack: boolean;
}

function together(undone: readonly UndoneAction[]): UndoneActions {
  const restored = undone.some((one) => one.restored);
  const faults = undone.flatMap(({ fault }) => fault ?? []);
  const [first] = faults;
  const kept = undone.find((one) => one.kept !== undefined)?.kept;
  if (!first) return { left: 'as-before', restored, ...untilRebootOf(undone), ...(kept === undefined ? {} : { kept }) };
  const notUndone = undone
    .filter(({ fault, isHeldBack }) => fault !== undefined || isHeldBack)
    .map(({ placed: { action } }) => actionKind(action.kind).subject(action));
  return {
    left: faults.map(leftAfter).reduce(worse),
    restored,
    fault: { ...first, params: { ...first.params, notUndone: notUndone.join(', ') } },
  };
}

function untilRebootOf(undone: readonly UndoneAction[]): Pick<UndoneActions, 'untilReboot'> {
  const isRebooted = undone.some(
    ({ placed: { action }, restored }) => restored && actionKind(action.kind).undoDisrupts?.(action) === 'reboot',
  );
  const untilReboot = undone.find((one) => one.untilReboot !== undefined)?.untilReboot;
  return isRebooted || untilReboot === undefined ? {} : { untilReboot };
}

function undoOrder(actions: readonly PlacedAction[]): readonly PlacedAction[] {
  const backwards = actions.toReversed();
  return [...backwards.filter((placed) => !isUndoneLast(placed)), ...backwards.filter(isUndoneLast)];
}

function isUndoneLast({ action }: PlacedAction): boolean {
  return actionKind(action.kind).undoneLast;
}

/**
 * Undoes what was done on a node after a failure. Where the connection itself is what failed, a new one is tried once;
 * a journal that can no longer be written does not keep a node from being restored, because the node keeps its own
 * record.
 */
export function undoOnNode(
  running: RunSession,
  connection: WorkingConnection,
  actions: readonly PlacedAction[],
  machineId: string,
): Promise<UndoneActions> {
  return perhapsAgain(running, connection, { actions, machineId, how: 'undo' });
}

/** The same of an action that is not in force yet: what has come for it is kept, where its kind can. */
export function pauseOnNode(
  running: RunSession,
  connection: WorkingConnection,
  action: PlacedAction,
  machineId: string,
): Promise<UndoneActions> {
  return perhapsAgain(running, connection, { actions: [action], machineId, how: 'pause' });
}

async function perhapsAgain(running: RunSession, connection: WorkingConnection, undo: ToUndo): Promise<UndoneActions> {
  const session = { ...running, journal: lenient(running.journal) };
  try {
    return await undoActions(session, connection, undo);
  } catch (error) {
    if (!isConnectionFault(error)) throw error;
  }
  try {
    await connection.reconnect();
    return await undoActions(session, connection, undo);
  } catch (error) {
    return { left: 'unknown', restored: false, fault: faultOfError('undo', error) };
  }
}

/** A journal that no longer holds up what must be done; for work that is recorded elsewhere too. */
export function lenient(journal: Journal): Journal {
  return { ...journal, write: (note) => journal.write(note).catch(() => undefined) };
}

/** @throws only connection faults: another connection may do better. */
async function undoAction(
  session: RunSession,
  connection: WorkingConnection,
  { placed, machineId, how }: Omit<ToUndo, 'actions'> & { readonly placed: PlacedAction },
): Promise<UndoneAlone> {
  const { action } = placed;
  const taken: Taken[] = [];
  for (const step of stepsOf(action, how)) {
    try {
      const place = { node: connection.now.node, step: step.name, action: action.id };
      const result = await performStep(session, place, () =>
        step.perform(contextFor(session, connection, placed, machineId)),
      );
      if (result.outcome === 'refused' || result.outcome === 'rejected')
        return { restored: undoneBy(taken).restored, fault: faultOfResult(step.name, result) };
      taken.push(result);
    } catch (error) {
      if (isConnectionFault(error)) throw error;
      return { restored: undoneBy(taken).restored, fault: faultOfError(step.name, error) };
    }
  }
  return undoneBy(taken);
}

function stepsOf(action: StoredAction, how: How): readonly ActionStep[] {
  const { pause, undo } = actionKind(action.kind);
  return how === 'pause' && pause !== undefined ? pause(action) : undo(action);
}

/** Of a step that did not say no. */
type Taken = Extract<StepResult, { outcome: 'done' | 'already' }>;

function undoneBy(taken: readonly Taken[]): UndoneAlone {
  const done = taken.filter((result) => result.outcome === 'done');
  const untilReboot = taken.find((result) => result.untilReboot !== undefined)?.untilReboot;
  const kept = done.find((result) => result.kept !== undefined)?.kept;
  return { restored: done.length > 0, ...(untilReboot ? { untilReboot } : {}), ...(kept ? { kept } : {}) };
}

/**
 * What was refused before anything was touched is as the run, or somebody since, left it: a change. Of anything else
 * nobody knows.
 */
const untouched: readonly ErrorCode[] = [
  'FILE_CHANGED_SINCE_RUN',
  'FILE_NOT_REPLACEABLE',
  'LOG_NOT_KEPT',
  'NODE_NO_SPACE',
  'FOLDER_MISSING',
];

function leftAfter({ code }: NodeFault): NodeLeft {
  return code !== undefined && untouched.includes(code) ? 'changed' : 'unknown';
}

function worse(a: NodeLeft, b: NodeLeft): NodeLeft {
  const order: readonly NodeLeft[] = ['as-before', 'changed', 'unknown'];
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}
