import { lockNode, unlockNode } from '../../actions/node-state/node-lock.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import { movedHostKey, movedText } from '../check-plan.ts';
import type { PlanNode } from '../plan.ts';
import type { NodeOutcome } from '../run.ts';
import { concurrently } from './concurrently.ts';
import { faultOfError, faultOfResult, outcomeOf } from './node-outcome.ts';
import { connectTo, type RunSession } from './session.ts';
import { performStep } from './step.ts';

/** Connections while locking; a node is locked in one round trip, so more than in a batch. */
const concurrency = 32;

export interface LockedNodes {
  readonly locked: readonly string[];
  /** Nodes whose answer was lost: the lock may have been taken anyway, and has to be given back. */
  readonly unsure: readonly string[];
  /** Of the nodes that could not be locked. */
  readonly outcomes: readonly NodeOutcome[];
}

/**
 * Locks every node of the run before the first change, and so asks each whether it is the one of the plan. Without an
 * API server these locks are what keeps two runs apart.
 */
export async function lockNodes(session: RunSession, nodes: readonly PlanNode[]): Promise<LockedNodes> {
  const locked: string[] = [];
  const unsure: string[] = [];
  const outcomes = await concurrently(nodes, concurrency, async (node) => {
    if (session.signal.aborted) return outcomeOf(node.name, 'as-before', { ending: 'not-started' });
    const { outcome, begun } = await onNode(session, node.name, 'lock', (connection) =>
      lock(session, connection, node),
    );
    if (!outcome) locked.push(node.name);
    else if (begun) unsure.push(node.name);
    return outcome;
  });
  return { locked, unsure, outcomes: outcomes.filter((outcome) => outcome !== undefined) };
}

/** Lets nodes go; returns those whose lock stayed. One that is another run's by now is not ours to let go. */
export async function unlockNodes(session: RunSession, nodes: readonly string[]): Promise<readonly string[]> {
  const answers = await concurrently(nodes, concurrency, (node) =>
    onNode(session, node, 'unlock', (connection) =>
      performStep(session, { node, step: 'unlock' }, () => unlockNode(connection, session.run, session.session)),
    ),
  );
  return answers.flatMap(({ outcome }) => (outcome && outcome.code !== 'NODE_LOCK_LOST' ? outcome.node : []));
}

async function lock(session: RunSession, connection: NodeConnection, node: PlanNode): ReturnType<typeof lockNode> {
  const moved = movedHostKey(node, connection.hostKey);
  if (moved.length > 0) throw new NodemendError('PLAN_STALE', { what: movedText(moved) });
  const isNew = session.kind === 'apply';
  return performStep(session, { node: node.name, step: 'lock' }, () =>
    lockNode(connection, {
      run: session.run,
      session: session.session,
      owner: session.options.owner,
      since: session.startedAt,
      machineId: node.machineId,
      // A node may have crashed with the run, or may have been rebooted by it.
      bootId: isNew ? node.bootId : undefined,
      takeOver: !isNew,
    }),
  );
}

interface OnNode {
  /** What went wrong; undefined when nothing did. */
  readonly outcome?: NodeOutcome;
  /** The node was asked, and what it answered was not heard. */
  readonly begun: boolean;
}

async function onNode(
  session: RunSession,
  node: string,
  step: string,
  work: (connection: NodeConnection) => ReturnType<typeof lockNode>,
): Promise<OnNode> {
  let connection: NodeConnection | undefined;
  try {
    connection = await connectTo(session, node);
    const result = await work(connection);
    if (result.outcome === 'done' || result.outcome === 'already') return { begun: false };
    return { outcome: outcomeOf(node, 'as-before', faultOfResult(step, result)), begun: false };
  } catch (error) {
    // A node that is not the one of the plan was not asked for its lock.
    const begun = connection !== undefined && !(isNodemendError(error) && error.code === 'PLAN_STALE');
    return { outcome: outcomeOf(node, 'as-before', faultOfError(step, error)), begun };
  } finally {
    await connection?.close();
  }
}
