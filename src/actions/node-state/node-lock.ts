import type { NodeConnection } from '../../transport/transport.ts';
import type { StepResult } from '../action.ts';
import lockScript from './lock.sh?raw';
import { commonRefusal, refused } from './refusal.ts';
import { valueOf } from './reply.ts';
import { runNodeScript } from './run-node-script.ts';
import unlockScript from './unlock.sh?raw';

export interface LockRequest {
  readonly run: string;
  readonly session: string;
  readonly owner: string;
  /** RFC 3339. */
  readonly since: string;
  /** What the plan was made on; undefined accepts any. Checked on the node before anything is written there. */
  readonly machineId: string | undefined;
  readonly bootId: string | undefined;
  /** Whether a lock of the same run, left by a session that died, may be replaced. */
  readonly takeOver: boolean;
}

/**
 * Takes a node for a run: `/var/lib/nodemend/lock`, held until `unlockNode`. Another run's lock is never broken;
 * `already` means that this run's own was taken over.
 * @throws NodemendError what `runNodeScript` throws.
 */
export async function lockNode(connection: NodeConnection, request: LockRequest): Promise<StepResult> {
  const { run, session, owner, since, machineId = '', bootId = '' } = request;
  const takeOver = request.takeOver ? 'yes' : 'no';
  const args = [run, session, owner, since, machineId, bootId, takeOver];
  const reply = await runNodeScript(connection, { script: lockScript, args });
  if (reply.outcome === 'taken-over') {
    return { outcome: 'already', detail: `taken over from ${valueOf(reply, 'lock-owner')}` };
  }
  if (reply.outcome !== 'refused') return { outcome: 'done', detail: `locked for ${run}` };
  const what = valueOf(reply, 'words');
  const planned = what === 'machine-id' ? machineId : bootId;
  return (
    commonRefusal(connection.node, reply) ??
    refused('PLAN_STALE', { what: `${connection.node}: ${what} ${planned} → ${valueOf(reply, what) || '-'}` })
  );
}

/** Lets a node go. `already` when nobody held it. */
export async function unlockNode(connection: NodeConnection, run: string, session: string): Promise<StepResult> {
  const reply = await runNodeScript(connection, { script: unlockScript, args: [run, session] });
  if (reply.outcome === 'refused') {
    return (
      commonRefusal(connection.node, reply) ??
      refused('NODE_LOCK_LOST', { node: connection.node, run, owner: '-', since: '-' })
    );
  }
  return { outcome: reply.outcome === 'already' ? 'already' : 'done', detail: 'unlocked' };
}
