import { actionKind } from '../../actions/action-kinds.ts';
import type { Disruption } from '../../actions/action.ts';
import { lockNode, unlockNode } from '../../actions/node-state/node-lock.ts';
import { readNodeMemory, type NodeMemory } from '../../actions/node-state/node-records.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeOutcome, RunResult, StopReason } from '../run.ts';
import type { ChangedObjects } from './cluster-objects/change-objects.ts';
import { bootOf } from './change-node.ts';
import { readClusterNodes } from './cluster-nodes.ts';
import { concurrently } from './concurrently.ts';
import { OutOfService } from './drain/out-of-service.ts';
import { ReturnedNodes } from './drain/returned-nodes.ts';
import { guardOwnHost } from './guards.ts';
import { faultOfError, faultOfResult, isConnectionFault, outcomeOf, type NodeFault } from './node-outcome.ts';
import { ownHost } from './own-host.ts';
import { foreignRecords } from './own-records.ts';
import { lenient, undoOnNode, type UndoneActions } from './undo-actions.ts';
import { requireRecords, type NodeClaims } from './node-claims.ts';
import type { RunSession } from './session.ts';
import { Turns, type Settled } from './turns.ts';
import { performStep } from './step.ts';
import { summarize } from './verdict.ts';
import { watched } from './watched-journal.ts';
import { WorkingConnection } from './working-connection.ts';

interface UndoneNode {
  readonly outcome: NodeOutcome;
  readonly locked: boolean;
  /** Whether anything on it was put back, though not all. */
  readonly restored?: boolean;
}

interface NodesToUndo {
  readonly nodes: readonly string[];
  /** What the journal of this machine says was done on them. */
  readonly claims: ReadonlyMap<string, NodeClaims>;
  /** Whether the run reboots nodes; undefined where its plan is not here. */
  readonly reboots: boolean | undefined;
  readonly settled: Settled;
  /** What became of the run's objects, which are undone before its nodes. */
  readonly objects: ChangedObjects | undefined;
  /** Why it cannot be said that these are all nodes of the run. */
  readonly unproven: StopReason | undefined;
}

/**
 * Undoes the run on each of these nodes; one that does not know it is as it was. Restoring is not rolled out in
 * batches: each node is better off at once. Only where it restarts something the nodes come one by one, and `settled`
 * waits until the cluster has the node back. A journal that can no longer be written does not keep them from it: the
 * nodes keep their own records.
 */
export async function undoNodes(
  opened: RunSession,
  { nodes, claims, reboots, settled, objects, unproven }: NodesToUndo,
): Promise<RunResult> {
  let unwritten: StopReason | undefined;
  const journal = lenient(watched(opened.journal, (fault) => (unwritten ??= fault)));
  const session = { ...opened, journal };
  const turns = new Turns(session, settled);
  const returned = new ReturnedNodes(session, reboots);
  const answers = await concurrently(nodes, session.options.concurrency, async (node) => {
    if (session.signal.aborted)
      return { outcome: outcomeOf(node, 'unknown', { ending: 'not-started' }), locked: false };
    const undone = await onNode(session, node, { claims: claims.get(node), turns });
    const answer = { ...undone, outcome: await returned.settle(undone.outcome) };
    await session.journal.write({ entry: 'node', outcome: answer.outcome });
    session.emit({ event: 'node-ended', outcome: answer.outcome });
    return answer;
  });
  const end = (): RunResult =>
    summarize({
      run: session.run,
      kind: 'undo',
      nodes: answers.map(({ outcome }) => outcome),
      ...(objects ? { objects: objects.outcomes } : {}),
      stopped: session.signal.aborted
        ? { why: 'interrupted' }
        : (objects?.stopped ?? turns.stopped ?? unproven ?? unwritten),
      began: answers.some(({ restored }) => restored === true),
      locked: answers.filter(({ locked }) => locked).map(({ outcome }) => outcome.node),
    });
  const { verdict, interrupted } = end();
  await session.journal.write({ entry: 'end', verdict, interrupted });
  const result = end();
  session.emit({ event: 'ended', result });
  return result;
}

interface OnNode {
  readonly claims: NodeClaims | undefined;
  readonly turns: Turns;
}

async function onNode(session: RunSession, node: string, { claims, turns }: OnNode): Promise<UndoneNode> {
  let connection: WorkingConnection | undefined;
  try {
    connection = await WorkingConnection.open(session, node);
    const memory = await readNodeMemory(connection.now, { run: session.run });
    const foreign = foreignRecords(node, memory);
    if (foreign !== undefined) return await leaveForeign(session, connection, { memory, foreign });
    const isKnown = memory.records.length > 0 || memory.lock?.run === session.run;
    const answer = isKnown
      ? await undoKnown(session, connection, { memory, turns })
      : { outcome: outcomeOf(node, 'as-before', { ending: 'done' }), locked: false };
    if (answer.outcome.ending !== 'done') return answer;
    // What it knows was undone; of what it should know and does not, nobody knows how it is.
    return { ...answer, outcome: held(session, answer.outcome, { claims, memory }) };
  } catch (error) {
    return { outcome: outcomeOf(node, 'unknown', faultOfError('connect', error)), locked: false };
  } finally {
    await connection?.close();
  }
}

/** Nothing is undone by the records of another machine. A lock that came with them goes: no command could end it later. */
async function leaveForeign(
  session: RunSession,
  connection: WorkingConnection,
  { memory, foreign }: { readonly memory: NodeMemory; readonly foreign: NodemendError },
): Promise<UndoneNode> {
  const { node } = connection.now;
  const outcome = outcomeOf(node, 'unknown', faultOfError('inspect', foreign));
  if (memory.lock?.run !== session.run) return { outcome, locked: false };
  await performStep(session, { node, step: 'lock' }, () => lockNode(connection.now, lockRequest(session)));
  return { outcome, locked: !(await letGo(session, connection)) };
}

interface Known {
  readonly memory: NodeMemory;
  readonly turns: Turns;
}

function undoKnown(session: RunSession, connection: WorkingConnection, known: Known): Promise<UndoneNode> {
  const disruption = disruptionOf(known.memory);
  return disruption === undefined ? undoHere(session, connection) : disturbHere(session, connection, known, disruption);
}

function held(
  { run }: RunSession,
  outcome: NodeOutcome,
  { claims, memory }: Pick<OnNode, 'claims'> & Pick<Known, 'memory'>,
): NodeOutcome {
  try {
    requireRecords({ node: outcome.node, run }, claims, memory);
    return outcome;
  } catch (error) {
    return outcomeOf(outcome.node, 'unknown', faultOfError('inspect', error));
  }
}

/** One after the other, and only what was allowed; a node that is rebooted is drained for it as it was the first time. */
async function disturbHere(
  session: RunSession,
  connection: WorkingConnection,
  { memory, turns }: Known,
  disruption: Disruption,
): Promise<UndoneNode> {
  const { node } = connection.now;
  const left = (fault: NodeFault): UndoneNode => ({ outcome: outcomeOf(node, 'changed', fault), locked: false });
  if (!session.options.allow.includes(disruption))
    return left(faultOfError('undo', new NodemendError('DISRUPTION_NOT_ALLOWED', { what: disruption })));
  if (disruption !== 'reboot')
    return (await turns.take(node, () => undoHere(session, connection))) ?? left({ ending: 'not-started' });
  try {
    const { machineId, bootId } = memory;
    guardOwnHost({ name: node, machineId, bootId }, { targets: [...session.targets.values()], own: ownHost() });
  } catch (error) {
    return left(faultOfError('undo', error));
  }
  const answer = await turns.take(node, async () => {
    const undone = await rebootHere(session, connection);
    if (undone.outcome.ending !== 'done') turns.stop({ why: 'failures', failures: 1, max: 0 });
    return undone;
  });
  return answer ?? left({ ending: 'not-started' });
}

async function rebootHere(session: RunSession, connection: WorkingConnection): Promise<UndoneNode> {
  const { node } = connection.now;
  const { api, run } = session;
  if (!api) return undoHere(session, connection);
  let undone: UndoneNode | undefined;
  const found = (await readClusterNodes(api, new AbortController().signal)).find(({ name }) => name === node);
  if (!found) throw new NodemendError('PLAN_STALE', { what: `${node}: node-gone` });
  const outcome = await new OutOfService(session, api, { node: found, inHand: new Set() }).around(true, async () => {
    undone = await undoHere(session, connection);
    return { ...undone.outcome, ...(await bootOf(connection, run)) };
  });
  // What could not be drained was not undone.
  return undone ? { ...undone, outcome } : { outcome: { ...outcome, left: 'changed' }, locked: false };
}

/** What an undo of all that the run did on the node disturbs there. */
function disruptionOf({ records }: NodeMemory): Disruption | undefined {
  const disruptions = records.flatMap(({ phase, record: { action } }) =>
    phase === 'staged' || phase === 'undone' ? [] : (actionKind(action.kind).undoDisrupts?.(action) ?? []),
  );
  return disruptions.find((one) => one === 'reboot') ?? disruptions[0];
}

async function undoHere(session: RunSession, connection: WorkingConnection): Promise<UndoneNode> {
  const { node } = connection.now;
  const lock = await performStep(session, { node, step: 'lock' }, () =>
    lockNode(connection.now, lockRequest(session)),
  ).catch(
    // Its answer was lost: the lock may have been taken anyway.
    (error: unknown): UndoneNode => ({
      outcome: outcomeOf(node, 'unknown', faultOfError('lock', error)),
      locked: isConnectionFault(error),
    }),
  );
  if ('locked' in lock) return lock;
  if (lock.outcome === 'refused' || lock.outcome === 'rejected') {
    return { outcome: outcomeOf(node, 'unknown', faultOfResult('lock', lock)), locked: false };
  }
  const restored = await undoRecords(session, connection).catch((error: unknown): UndoneActions => ({
    left: 'unknown',
    restored: false,
    fault: faultOfError('undo', error),
  }));
  const outcome = outcomeOf(
    node,
    restored.left,
    restored.fault ?? { ending: 'done', ...(restored.untilReboot ?? restored.kept) },
  );
  if (restored.left === 'unknown') return { outcome, locked: true, restored: restored.restored };
  return { outcome, locked: !(await letGo(session, connection)), restored: restored.restored };
}

async function letGo(session: RunSession, connection: WorkingConnection): Promise<boolean> {
  const { node } = connection.now;
  const unlocked = await performStep(session, { node, step: 'unlock' }, () =>
    unlockNode(connection.now, session.run, session.session),
  ).catch(() => undefined);
  return unlocked?.outcome === 'done' || unlocked?.outcome === 'already';
}

/** Read again under the lock: until then the run's own process could have been at work. */
async function undoRecords(session: RunSession, connection: WorkingConnection): ReturnType<typeof undoOnNode> {
  const memory = await readNodeMemory(connection.now, { run: session.run });
  const foreign = foreignRecords(connection.now.node, memory);
  if (foreign !== undefined) throw foreign;
  const actions = memory.records.map(({ record }) => ({
    action: record.action,
    order: record.order,
    ofNode: record.actions,
  }));
  return undoOnNode(session, connection, actions, memory.machineId);
}

function lockRequest(session: RunSession): Parameters<typeof lockNode>[1] {
  return {
    run: session.run,
    session: session.session,
    owner: session.options.owner,
    since: session.startedAt,
    machineId: undefined,
    bootId: undefined,
    takeOver: true,
  };
}
