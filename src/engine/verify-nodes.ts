import { actionKind } from '../actions/action-kinds.ts';
import { readNodeMemory, type NodeMemory, type RecordOnNode } from '../actions/node-state/node-records.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { NodeConnection, NodeTarget, Transport } from '../transport/transport.ts';
import { compareNames } from './compare-names.ts';
import { concurrently } from './rollout/concurrently.ts';
import { foreignRecords } from './rollout/own-records.ts';
import { requireRecords, type NodeClaims } from './rollout/node-claims.ts';
import type { RunDependencies } from './rollout/run-request.ts';
import { readActionContext } from './rollout/session.ts';
import { runVerifying, unverified } from './run-verifying.ts';
import type { Verification } from './verification.ts';

/** What a machine knows of a run's nodes without asking them. */
export interface KnownNodes {
  readonly nodes: readonly string[];
  /** Whether these are all. */
  readonly isWhole: boolean;
  /** Of the machines that the plan was made on. */
  readonly machineIds: ReadonlyMap<string, string>;
  /** What the journal says was done. */
  readonly claims: ReadonlyMap<string, NodeClaims>;
}

type Request = Pick<RunDependencies, 'transport' | 'targets' | 'problems' | 'signal' | 'options'> & {
  readonly run: string;
};

type Asking = Request & { readonly transport: Transport; readonly known: KnownNodes };

interface Answer {
  readonly verifications: readonly Verification[];
  /** How many nodes the run has, as this node's record says. */
  readonly nodes: number;
}

/**
 * What a run's changes on nodes are worth now. A node of the run about which nothing can be said is named too: it was
 * not reached, it is not a target any more, it lost its record, or it is another machine under the old name.
 * @throws NodemendError ACCESS_NOT_ASKED
 */
export async function verifyNodes(request: Request, known: KnownNodes): Promise<readonly Verification[]> {
  const { transport, targets, options, run } = request;
  if (!transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'verify' });
  const own = new Set(known.nodes);
  const asked = known.isWhole ? targets.filter(({ name }) => own.has(name)) : targets;
  const answers = await concurrently(asked, options.concurrency, (target) =>
    verifyNode({ ...request, transport, known }, target),
  );
  const names = new Set(targets.map(({ name }) => name));
  const gone = known.nodes.filter((node) => !names.has(node));
  const named = answers.flatMap(({ verifications }) => verifications);
  return [
    ...named,
    ...gone.map((node) => unknown(node, new NodemendError('NODE_NO_TARGET', { node, run }))),
    ...unnamed(run, { known, answers, seen: new Set([...named.map(({ node }) => node), ...gone]).size }),
  ].toSorted((a, b) => compareNames(a.node, b.node));
}

interface Counted {
  readonly known: KnownNodes;
  readonly answers: readonly Answer[];
  readonly seen: number;
}

/** The records count the nodes of the plan: how many there are of whom nobody who was asked knows a name. */
function unnamed(run: string, { known, answers, seen }: Counted): readonly Verification[] {
  const planned = Math.max(0, ...answers.map(({ nodes }) => nodes));
  if (known.isWhole || seen === 0 || (planned > 0 && planned <= seen)) return [];
  // Without one record nobody says how many there are.
  const error = new NodemendError('NODES_UNNAMED', { run, seen, nodes: planned === 0 ? '?' : planned });
  return [{ node: '', subject: run, ...unverified(error) }];
}

async function verifyNode(request: Asking, target: NodeTarget): Promise<Answer> {
  const node = target.name;
  try {
    const connection = await request.transport.connect(target, request.signal);
    try {
      const memory = await readNodeMemory(connection, { run: request.run });
      const nodes = Math.max(0, ...memory.records.map(({ record }) => record.nodes));
      return { verifications: await verifyMemory(request, connection, memory), nodes };
    } finally {
      await connection.close();
    }
  } catch (error) {
    return { verifications: [unknown(node, error)], nodes: 0 };
  }
}

async function verifyMemory(
  request: Asking,
  connection: NodeConnection,
  memory: NodeMemory,
): Promise<readonly Verification[]> {
  const { known } = request;
  const { node } = connection;
  const isOwn = known.nodes.includes(node) || memory.lock?.run === request.run;
  const other = foreignRecords(node, memory) ?? otherMachine(node, memory, known.machineIds.get(node));
  if (other !== undefined) return [unknown(node, other)];
  const verifications: Verification[] = [];
  for (const record of memory.records) verifications.push(await verifyRecord(request, connection, record));
  const missing = missingOf(request, node, memory);
  if (missing) return [...verifications, unknown(node, missing)];
  // Not begun, as the journal says and the node too.
  return isOwn && verifications.length === 0 ? [{ node, subject: '', state: 'untouched', detail: '' }] : verifications;
}

/** Where it is not the machine that the plan was made on. */
function otherMachine(node: string, { machineId }: NodeMemory, planned: string | undefined): NodemendError | undefined {
  if (planned === undefined || planned === machineId) return undefined;
  return new NodemendError('PLAN_STALE', { what: `${node}: machine-id ${planned} → ${machineId}` });
}

function missingOf({ known, run }: Asking, node: string, memory: NodeMemory): unknown {
  const { records } = memory;
  const claims = known.claims.get(node);
  try {
    requireRecords({ node, run }, claims, memory);
  } catch (error) {
    return error;
  }
  if (known.isWhole || records.length === 0) return undefined;
  const actions = records[0]?.record.actions;
  if (actions !== undefined && records.length >= actions) return undefined;
  return new NodemendError('NODE_PLAN_MISSING', { node, run, begun: records.length, actions: actions ?? '?' });
}

function unknown(node: string, error: unknown): Verification {
  return { node, subject: '', ...unverified(error) };
}

async function verifyRecord(
  request: Asking,
  connection: NodeConnection,
  { record }: RecordOnNode,
): Promise<Verification> {
  const kind = actionKind(record.action.kind);
  const head = { node: connection.node, subject: kind.subject(record.action) };
  const context = readActionContext(request, connection, record);
  try {
    const found = await kind.inspect(record.action, context);
    if (found === 'undone') return { ...head, state: 'undone', detail: '' };
    if (found !== 'applied') return { ...head, state: 'changed', detail: found };
    return { ...head, ...(await runVerifying(kind.verify(record.action), context)) };
  } catch (error) {
    return { ...head, ...unverified(error) };
  }
}
