import type { ActionContext, CheckReference, NodeCheck } from '../../actions/action.ts';
import type { StoredAction } from '../../actions/action-kinds.ts';
import type { Archives } from '../../actions/image/archives.ts';
import type { NodeRecord } from '../../actions/node-state/record.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { systemTiming, type Timing } from '../../kubernetes/timing.ts';
import type { NodeConnection, NodeTarget, Transport } from '../../transport/transport.ts';
import { redactText } from '../../evidence/redact.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Problem } from '../../problems/problem.ts';
import { findCheck } from '../find-check.ts';
import type { Journal } from '../journal/journal.ts';
import type { RunEvent, RunKind, RunOptions } from '../run.ts';
import { transferTold } from './transfer-told.ts';
import type { WorkingConnection } from './working-connection.ts';

/** One process at work on one run. */
export interface RunSession {
  readonly run: string;
  /** Names this process in the nodes' locks. */
  readonly session: string;
  readonly kind: RunKind;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Hash of the plan; empty where only the nodes know it. */
  readonly plan: string;
  /** Of the plan, also where this process knows fewer of them. */
  readonly nodeCount: number;
  readonly options: RunOptions;
  readonly journal: Journal;
  readonly transport: Transport | undefined;
  readonly api: KubernetesApi | undefined;
  readonly secret: (action: string) => string | undefined;
  readonly archives: Archives | undefined;
  readonly targets: ReadonlyMap<string, NodeTarget>;
  readonly check: (reference: CheckReference) => NodeCheck;
  readonly timing: Timing;
  readonly emit: (event: RunEvent) => void;
  /** Ctrl-C: no new work, what is under way is finished or undone. */
  readonly signal: AbortSignal;
  /** @throws NodemendError LEASE_LOST. Asked right before a change takes force. */
  readonly assertHeld: () => void;
}

/** An action of the run and its place in the plan. */
export interface PlacedAction<Action extends StoredAction = StoredAction> {
  readonly action: Action;
  readonly order: number;
  /** How many actions of the plan are the same node's; undefined where only the nodes know the plan and do not say it. */
  readonly ofNode: number | undefined;
}

/** What it takes to reach a node. */
export type Reach = Pick<RunSession, 'targets' | 'transport' | 'kind'>;

/**
 * @throws NodemendError what the transport throws; ACCESS_NOT_ASKED; PLAN_STALE for a node that nobody said how to
 * reach.
 */
export async function connectTo(session: Reach, node: string): Promise<NodeConnection> {
  const target = session.targets.get(node);
  if (!target) throw new NodemendError('PLAN_STALE', { what: `${node}: target ${node} → -` });
  if (!session.transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: session.kind });
  // A connection is made to finish or restore a node too, so Ctrl-C does not end it; the transport has its own time
  // limit.
  return session.transport.connect(target, new AbortController().signal);
}

export function contextFor(
  session: RunSession,
  connection: Pick<WorkingConnection, 'now' | 'reconnect'>,
  placed: PlacedAction,
  machineId: string,
): ActionContext {
  return {
    connection: connection.now,
    reconnect: () => connection.reconnect(),
    run: session.run,
    session: session.session,
    record: {
      owner: session.options.owner,
      startedAt: session.startedAt,
      plan: session.plan,
      nodes: session.nodeCount,
      ...(placed.ofNode === undefined ? {} : { actions: placed.ofNode }),
      machineId,
      order: placed.order,
    },
    check: session.check,
    redact: redactText,
    ...(session.archives === undefined ? {} : { archives: session.archives }),
    progress: transferTold(session, { node: connection.now.node, action: placed.action.id }),
    timing: session.timing,
    secret: session.secret,
    signal: session.signal,
  };
}

/** For looking at what a run left, with no run at work: its session is nobody's. */
export function readActionContext(
  {
    run,
    problems,
    signal,
  }: { readonly run: string; readonly problems: readonly Problem[]; readonly signal: AbortSignal },
  connection: NodeConnection,
  { schema: _schema, run: _run, action: _action, ...record }: NodeRecord,
): ActionContext {
  return {
    connection,
    // What only looks leaves a node where it is.
    reconnect: async () => connection,
    run,
    session: '',
    record,
    check: (reference) => findCheck(problems, reference),
    redact: redactText,
    timing: systemTiming,
    secret: () => undefined,
    signal,
  };
}
