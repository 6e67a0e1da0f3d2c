import { actionKind } from '../actions/action-kinds.ts';
import { readNodeMemory, type RecordOnNode } from '../actions/node-state/node-records.ts';
import type { NodeConnection, NodeTarget, Transport } from '../transport/transport.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import { compareNames } from './compare-names.ts';
import { readActionContext } from './rollout/session.ts';
import { concurrently } from './rollout/concurrently.ts';
import { findRecord } from './rollout/cluster-objects/run-record.ts';
import type { RunWorld } from './rollout/run-request.ts';
import { runStory } from './run-journal.ts';
import { runVerifying, unverified } from './run-verifying.ts';
import { verifyObjects } from './verify-objects.ts';
import type { Verification } from './verification.ts';

export type VerifyRequest = Pick<
  RunWorld,
  'api' | 'lease' | 'transport' | 'targets' | 'problems' | 'signal' | 'options' | 'timing' | 'journal'
> & { readonly run: string };

export interface VerifyResult {
  readonly run: string;
  readonly verifications: readonly Verification[];
  /** The reading codes: 3 when something no longer holds, 5 when something stayed unknown. */
  readonly exitCode: 0 | 3 | 5;
}

/**
 * Runs the checks of a run again on its nodes and on its objects in the cluster, from the records that lie there.
 * Changes nothing.
 * @throws NodemendError RUN_UNKNOWN when all answered and none knows the run; ACCESS_NOT_ASKED when nobody said how to
 *   ask its nodes; API_….
 */
export async function verifyRun(request: VerifyRequest): Promise<VerifyResult> {
  const { run } = request;
  const text = await request.journal.read(run);
  const story = text && runStory(text);
  const record = (await findRecord(request, run, story))?.record;
  const hasNodes = story?.plannedHere ? story.nodes.length > 0 : record?.nodes !== 0;
  const nodes = hasNodes ? await verifyNodes(request) : [];
  const objects = record ? await verifyObjects(request, record) : [];
  const verifications = [...objects, ...nodes];
  if (verifications.length === 0) throw new NodemendError('RUN_UNKNOWN', { run });
  return { run, verifications, exitCode: exitOf(verifications) };
}

async function verifyNodes(request: VerifyRequest): Promise<readonly Verification[]> {
  const { transport, targets, options } = request;
  if (!transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'verify' });
  const answers = await concurrently(targets, options.concurrency, (target) =>
    verifyNode({ ...request, transport }, target),
  );
  return answers.flat().toSorted((a, b) => compareNames(a.node, b.node));
}

function exitOf(verifications: readonly Verification[]): VerifyResult['exitCode'] {
  if (verifications.some(({ state }) => state === 'changed' || state === 'broken')) return 3;
  return verifications.some(({ state }) => state === 'unknown') ? 5 : 0;
}

type WithTransport = VerifyRequest & { readonly transport: Transport };

async function verifyNode(request: WithTransport, target: NodeTarget): Promise<readonly Verification[]> {
  const node = target.name;
  try {
    const connection = await request.transport.connect(target, request.signal);
    try {
      const { records } = await readNodeMemory(connection, { run: request.run });
      const verifications: Verification[] = [];
      for (const record of records) verifications.push(await verifyRecord(request, connection, record));
      return verifications;
    } finally {
      await connection.close();
    }
  } catch (error) {
    return [{ node, subject: '', ...unverified(error) }];
  }
}

async function verifyRecord(
  request: VerifyRequest,
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
