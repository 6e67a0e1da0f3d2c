import { actionKind } from '../actions/action-kinds.ts';
import { readNodeMemory, type RecordOnNode } from '../actions/node-state/node-records.ts';
import type { NodeConnection, NodeTarget } from '../transport/transport.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import { compareNames } from './compare-names.ts';
import { readActionContext } from './rollout/session.ts';
import { concurrently } from './rollout/concurrently.ts';
import { redactWords } from './rollout/redact-result.ts';
import type { RunWorld } from './rollout/run-request.ts';

export type VerifyRequest = Pick<RunWorld, 'transport' | 'targets' | 'problems' | 'signal' | 'options'> & { readonly run: string };

/** What one action of a run is worth now. */
export interface Verification {
  readonly node: string;
  /** A file's path; empty where the node itself could not be asked. */
  readonly subject: string;
  /** `undone`: the run was taken back here. `changed`: it is no longer what the run wrote. `broken`: a check says no. */
  readonly state: 'holds' | 'changed' | 'broken' | 'undone' | 'unknown';
  readonly detail: string;
  readonly code?: ErrorCode;
}

export interface VerifyResult {
  readonly run: string;
  readonly verifications: readonly Verification[];
  /** The reading codes: 3 when something no longer holds, 5 when something stayed unknown. */
  readonly exitCode: 0 | 3 | 5;
}

/**
 * Runs the checks of a run again on its nodes, from their own records. Changes nothing.
 * @throws NodemendError RUN_UNKNOWN when every node answered and none knows the run.
 */
export async function verifyRun(request: VerifyRequest): Promise<VerifyResult> {
  const answers = await concurrently(request.targets, request.options.concurrency, (target) => verifyNode(request, target));
  const verifications = answers.flat().toSorted((a, b) => compareNames(a.node, b.node));
  if (verifications.length === 0) throw new NodemendError('RUN_UNKNOWN', { run: request.run });
  return { run: request.run, verifications, exitCode: exitOf(verifications) };
}

function exitOf(verifications: readonly Verification[]): VerifyResult['exitCode'] {
  if (verifications.some(({ state }) => state === 'changed' || state === 'broken')) return 3;
  return verifications.some(({ state }) => state === 'unknown') ? 5 : 0;
}

async function verifyNode(request: VerifyRequest, target: NodeTarget): Promise<readonly Verification[]> {
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
    return [{ node, subject: '', state: 'unknown', ...wordsOf(error) }];
  }
}

async function verifyRecord(request: VerifyRequest, connection: NodeConnection, { record }: RecordOnNode): Promise<Verification> {
  const kind = actionKind(record.action.kind);
  const head = { node: connection.node, subject: kind.subject(record.action) };
  const context = readActionContext(request, connection, record);
  try {
    const found = await kind.inspect(record.action, context);
    if (found === 'undone') return { ...head, state: 'undone', detail: '' };
    if (found !== 'applied') return { ...head, state: 'changed', detail: found };
    return { ...head, ...(await runVerifying(kind.verify(record.action), context)) };
  } catch (error) {
    return { ...head, state: 'unknown', ...wordsOf(error) };
  }
}

type Checked = Pick<Verification, 'state' | 'detail' | 'code'>;

async function runVerifying(steps: ReturnType<ReturnType<typeof actionKind>['verify']>, context: ReturnType<typeof readActionContext>): Promise<Checked> {
  let detail = '';
  for (const step of steps) {
    const result = await step.perform(context);
    detail = redactWords(result.detail);
    if (result.outcome === 'rejected') return { state: 'broken', detail };
    if (result.outcome === 'refused') return { state: 'unknown', detail, code: result.code };
  }
  return { state: 'holds', detail };
}

function wordsOf(error: unknown): Pick<Verification, 'detail' | 'code'> {
  const detail = redactWords(error instanceof Error ? error.message : String(error));
  return isNodemendError(error) ? { detail, code: error.code } : { detail };
}
