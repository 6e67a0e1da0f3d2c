import { actionKind } from '../../actions/action-kinds.ts';
import type { NodeOutcome } from '../run.ts';
import { faultOfError, outcomeOf } from './node-outcome.ts';
import type { NodeWork } from './node-work.ts';
import { contextFor, type RunSession } from './session.ts';
import { WorkingConnection } from './working-connection.ts';

/**
 * Whether a node has to go out of service for what is left of its work. What an earlier process finished or failed at
 * says its journal; of the rest the node is asked, because to empty one that was rebooted already helps nobody. One that
 * cannot be asked is left alone.
 */
export async function whatIsLeft(session: RunSession, work: NodeWork): Promise<'all' | 'nothing' | NodeOutcome> {
  if (work.how !== 'resume') return work.how === 'fresh' ? 'all' : 'nothing';
  try {
    return (await reboots(session, work)) ? 'all' : 'nothing';
  } catch (error) {
    return outcomeOf(work.node, work.touched ? 'unknown' : 'as-before', faultOfError('inspect', error));
  }
}

/** What was changed since is refused before anything is disturbed. */
async function reboots(session: RunSession, work: NodeWork): Promise<boolean> {
  const connection = await WorkingConnection.open(session, work.node);
  try {
    for (const placed of work.actions.filter(({ action }) => action.disrupts === 'reboot')) {
      const context = contextFor(session, connection, placed, work.machineId);
      const found = await actionKind(placed.action.kind).inspect(placed.action, context);
      if (found === 'untouched' || found === 'staged') return true;
    }
    return false;
  } finally {
    await connection.close();
  }
}
