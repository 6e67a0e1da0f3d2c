import type { ActionState } from '../../actions/action.ts';
import { actionKind } from '../../actions/action-kinds.ts';
import type { NodeOutcome } from '../run.ts';
import { faultOfError, outcomeOf } from './node-outcome.ts';
import type { NodeWork } from './node-work.ts';
import { contextFor, type RunSession } from './session.ts';
import { WorkingConnection } from './working-connection.ts';

export interface LeftWork {
  /** Whether the node has to go out of service for it. */
  readonly drains: boolean;
  readonly work: NodeWork;
}

/**
 * What is left of the work on a node that is rebooted. What an earlier process finished says its journal; of the rest the
 * node is asked, because to empty one that was rebooted already helps nobody, and one that failed then may have come back
 * since, or another machine has gone on with it: what is in force there is looked at, and not undone by another reboot.
 * One that cannot be asked is left alone.
 */
export async function whatIsLeft(session: RunSession, work: NodeWork): Promise<LeftWork | NodeOutcome> {
  const { how } = work;
  if (how === 'fresh' || how === 'finished') return { drains: how === 'fresh', work };
  try {
    const found = await rebootsFound(session, work);
    // What was changed since is refused before anything is disturbed.
    if (how === 'resume') return { drains: found.some((state) => state === 'untouched' || state === 'staged'), work };
    return { drains: false, work: found.every((state) => state === 'applied') ? { ...work, how: 'resume' } : work };
  } catch (error) {
    return outcomeOf(work.node, work.touched ? 'unknown' : 'as-before', faultOfError('inspect', error));
  }
}

async function rebootsFound(session: RunSession, work: NodeWork): Promise<readonly ActionState[]> {
  const connection = await WorkingConnection.open(session, work.node);
  try {
    const found: ActionState[] = [];
    for (const placed of work.actions.filter(({ action }) => action.disrupts === 'reboot')) {
      const context = contextFor(session, connection, placed, work.machineId);
      found.push(await actionKind(placed.action.kind).inspect(placed.action, context));
    }
    return found;
  } finally {
    await connection.close();
  }
}
