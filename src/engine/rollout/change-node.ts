import { actionKind } from '../../actions/action-kinds.ts';
import type { ActionSpec } from '../../actions/action-kinds.ts';
import type { ActionStep } from '../../actions/action.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { readNodeMemory } from '../../actions/node-state/node-records.ts';
import type { NodeLeft, NodeOutcome } from '../run.ts';
import type { NodeWork } from './node-work.ts';
import { alsoOf, faultOfError, faultOfResult, isAwayCode, outcomeOf, type NodeFault } from './node-outcome.ts';
import { requireRecords } from './node-claims.ts';
import { pauseOnNode, undoOnNode } from './undo-actions.ts';
import { contextFor, type PlacedAction, type RunSession } from './session.ts';
import { performStep } from './step.ts';
import { WorkingConnection } from './working-connection.ts';

/** With the boot that a node is in which may have been rebooted, as far as it says so. */
export type ChangedNode = NodeOutcome & { readonly bootId?: string };

/**
 * Carries out the actions of one node, in order; a node on which anything goes wrong is restored at once. One that was
 * told to reboot and has not come back is left to itself: it cannot be restored, or may still go. Never throws.
 */
export async function changeNode(session: RunSession, work: NodeWork): Promise<ChangedNode> {
  let connection: WorkingConnection;
  try {
    connection = await WorkingConnection.open(session, work.node);
  } catch (error) {
    return outcomeOf(work.node, work.touched ? 'unknown' : 'as-before', faultOfError('connect', error));
  }
  try {
    const outcome = await new NodeChange(session, connection, work).carryOut();
    return work.actions.some(reboots) ? { ...outcome, ...(await bootOf(connection, session.run)) } : outcome;
  } finally {
    await connection.close();
  }
}

export function reboots({ action }: PlacedAction): boolean {
  return action.disrupts === 'reboot';
}

export async function bootOf(connection: WorkingConnection, run: string): Promise<Pick<ChangedNode, 'bootId'>> {
  try {
    const { bootId } = await readNodeMemory(connection.now, { run });
    return bootId === '' ? {} : { bootId };
  } catch {
    return {};
  }
}

/** How far one node has come. */
class NodeChange {
  private readonly session: RunSession;
  private readonly connection: WorkingConnection;
  private readonly work: NodeWork;
  private readonly begun: PlacedAction<ActionSpec>[] = [];
  private left: NodeLeft = 'as-before';
  private step = 'inspect';
  /** Whether the action at hand is made by this process, and was not found in force. */
  private applying = false;
  /** Whether its change may be in force. */
  private committing = false;
  /** Whether it was told to go down and has not been seen to come back. */
  private isAway = false;

  constructor(session: RunSession, connection: WorkingConnection, work: NodeWork) {
    this.session = session;
    this.connection = connection;
    this.work = work;
  }

  async carryOut(): Promise<NodeOutcome> {
    const { node, actions, how } = this.work;
    const astray = await this.astray().catch((error: unknown) => outcomeOf(node, 'unknown', this.faultOf(error)));
    if (astray) return astray;
    if (how === 'restore')
      return this.restoreAll({ ending: 'failed', detail: 'it had failed before the run was interrupted' });
    for (const placed of actions) {
      if (this.session.signal.aborted)
        return outcomeOf(node, this.left, { ending: this.left === 'as-before' ? 'not-started' : 'interrupted' });
      this.begun.push(placed);
      const fault = await this.carryOutAction(placed).catch((error: unknown) => this.faultOf(error));
      if (fault) return this.isAway ? outcomeOf(node, 'unknown', fault) : this.restore(fault);
    }
    const { incomplete } = this.work;
    return outcomeOf(node, this.left, incomplete ? { ending: 'interrupted', ...incomplete } : { ending: 'done' });
  }

  private async carryOutAction(placed: PlacedAction<ActionSpec>): Promise<NodeFault | undefined> {
    const kind = actionKind(placed.action.kind);
    this.applying = !(await this.isInForce(placed));
    this.committing = false;
    if (this.applying) return this.takeAll(placed, kind.apply(placed.action), false);
    this.left = 'changed';
    return this.takeAll(placed, kind.verify(placed.action), true);
  }

  private async takeAll(
    placed: PlacedAction<ActionSpec>,
    steps: readonly ActionStep[],
    alreadyInForce: boolean,
  ): Promise<NodeFault | undefined> {
    let inForce = alreadyInForce;
    for (const step of steps) {
      if (this.session.signal.aborted && !inForce) return { ending: 'interrupted', step: step.name };
      const result = await this.take(placed, step);
      if (result.outcome === 'rejected' || result.outcome === 'refused') return faultOfResult(step.name, result);
      inForce ||= step.commits === true;
      if (step.commits && result.outcome === 'done') this.left = 'changed';
    }
    return undefined;
  }

  private async take(placed: PlacedAction<ActionSpec>, step: ActionStep): ReturnType<typeof performStep> {
    const { session, connection, work } = this;
    this.step = step.name;
    if (step.commits) {
      session.assertHeld();
      this.committing = true;
    }
    if (step.downtime === 'begins') this.isAway = true;
    const place = { node: work.node, step: step.name, action: placed.action.id };
    const result = await performStep(session, place, () =>
      step.perform(contextFor(session, connection, placed, work.machineId)),
    );
    // What says no has not told it, or says that it did not go.
    if (step.downtime === 'ends' || result.outcome === 'refused') this.isAway = false;
    return result;
  }

  /** Only a validating check is cut short by Ctrl-C. */
  private faultOf(error: unknown): NodeFault {
    const isInterrupted = isNodemendError(error) && error.code === 'COMMAND_INTERRUPTED';
    return isInterrupted ? { ending: 'interrupted', step: this.step } : faultOfError(this.step, error);
  }

  /**
   * A node that is not as this machine's journal says, before anything is touched: it does not know what was done there,
   * or what was finished is no longer what the run made.
   */
  private async astray(): Promise<NodeOutcome | undefined> {
    const { node, machineId, actions, claims, how } = this.work;
    const { run } = this.session;
    this.step = 'inspect';
    if (claims) requireRecords({ node, run }, claims, await readNodeMemory(this.connection.now, { run }));
    if (how !== 'finished') return undefined;
    for (const placed of actions) {
      const kind = actionKind(placed.action.kind);
      const context = contextFor(this.session, this.connection, placed, machineId);
      const found = await kind.inspect(placed.action, context);
      const params = { node, run, subject: kind.subject(placed.action) };
      if (found === 'moved' || found === 'undone')
        return outcomeOf(node, 'changed', faultOfError('inspect', new NodemendError('ACTION_NOT_IN_FORCE', params)));
    }
    return undefined;
  }

  /** Whether an earlier process of this run had already made the change. */
  private async isInForce(placed: PlacedAction<ActionSpec>): Promise<boolean> {
    if (this.work.how === 'fresh') return false;
    this.step = 'inspect';
    const context = contextFor(this.session, this.connection, placed, this.work.machineId);
    return (await actionKind(placed.action.kind).inspect(placed.action, context)) === 'applied';
  }

  /**
   * An interrupted node keeps the actions that were finished, and what had come for the one at hand; a failed one keeps none.
   * One that went away while something came counts as interrupted: it goes on where it was.
   */
  private async restore(fault: NodeFault): Promise<NodeOutcome> {
    const isFinished = this.work.how === 'finished';
    // What was in force before this process, and is not as it should be by now, is told and left.
    const wouldReboot = this.work.actions.some(({ action }) => action.disrupts === 'reboot');
    if ((isFinished || wouldReboot) && !this.applying) return outcomeOf(this.work.node, 'changed', fault);
    if (fault.ending === 'interrupted' || isFinished || this.isPausedBy(fault)) return this.stop(fault);
    return this.restoreAll(fault);
  }

  /** What went away, be it the node or the one that gives, may be back: what has come is as good as before. */
  private isPausedBy({ code }: NodeFault): boolean {
    return code !== undefined && isAwayCode(code) && this.pausable() !== undefined;
  }

  private async stop(fault: NodeFault): Promise<NodeOutcome> {
    const { session, connection, begun, work } = this;
    const paused = this.pausable();
    const { left, kept } = await (paused
      ? pauseOnNode(session, connection, paused, work.machineId)
      : undoOnNode(session, connection, begun.slice(-1), work.machineId));
    // Why something went away is told, and not what is kept.
    const told = fault.code === undefined ? { ...fault, ...kept } : fault;
    return outcomeOf(work.node, left === 'as-before' ? this.left : left, told);
  }

  /** The action at hand, where its kind keeps what has come for it, and it is not in force yet. */
  private pausable(): PlacedAction<ActionSpec> | undefined {
    const last = this.begun.at(-1);
    const canPause = last !== undefined && actionKind(last.action.kind).pause !== undefined;
    return canPause && this.applying && !this.committing ? last : undefined;
  }

  private async restoreAll(fault: NodeFault): Promise<NodeOutcome> {
    const actions = this.work.how === 'fresh' ? this.begun : this.work.actions;
    const restored = await undoOnNode(this.session, this.connection, actions, this.work.machineId);
    const also = restored.fault?.detail
      ? {
          detail: `${fault.detail ?? fault.ending}; undo: ${restored.fault.detail}`,
          ...alsoOf(fault.also, restored.fault),
        }
      : {};
    return outcomeOf(this.work.node, restored.left, { ...fault, ...also });
  }
}
