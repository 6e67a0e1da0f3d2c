import { NodemendError } from '../errors/nodemend-error.ts';
import type { JournalText } from './journal/entry.ts';
import { findRecord } from './rollout/cluster-objects/run-record.ts';
import { nodeClaims } from './rollout/node-claims.ts';
import type { RunDependencies } from './rollout/run-request.ts';
import { keptPlan, runSummary } from './run-journal.ts';
import { verifyNodes, type KnownNodes } from './verify-nodes.ts';
import { verifyObjects } from './verify-objects.ts';
import type { Verification } from './verification.ts';

export type VerifyRequest = Pick<
  RunDependencies,
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
 * Changes nothing. Names every node of the run that is known, also one that cannot be asked any more.
 * @throws NodemendError RUN_UNKNOWN when all answered and none knows the run; ACCESS_NOT_ASKED when nobody said how to
 *   ask its nodes; API_….
 */
export async function verifyRun(request: VerifyRequest): Promise<VerifyResult> {
  const { run } = request;
  const text = await request.journal.read(run);
  const summary = text && runSummary(text);
  const record = (await findRecord(request, run, summary))?.record;
  const hasNodes = summary?.plannedHere ? summary.nodes.length > 0 : record?.nodes !== 0;
  const nodes = hasNodes ? await verifyNodes(request, await knownHere(request, text)) : [];
  const objects = record ? await verifyObjects(request, record) : [];
  const verifications = [...objects, ...nodes];
  if (verifications.length === 0) throw new NodemendError('RUN_UNKNOWN', { run });
  return { run, verifications, exitCode: exitOf(verifications) };
}

/** What this machine knows of the run's nodes. */
async function knownHere({ journal }: VerifyRequest, text: JournalText | undefined): Promise<KnownNodes> {
  if (!text) return { nodes: [], isWhole: false, machineIds: new Map(), claims: new Map() };
  const summary = runSummary(text);
  const claims = nodeClaims(text.entries);
  const plan = await keptPlan(journal, text);
  const machineIds = new Map(plan?.nodes.map(({ name, machineId }) => [name, machineId]));
  if (plan) return { nodes: [...machineIds.keys()], isWhole: true, machineIds, claims };
  return { nodes: summary?.nodes ?? [], isWhole: summary?.plannedHere === true, machineIds, claims };
}

function exitOf(verifications: readonly Verification[]): VerifyResult['exitCode'] {
  if (verifications.some(({ state }) => state === 'changed' || state === 'broken')) return 3;
  return verifications.some(({ state }) => state === 'unknown') ? 5 : 0;
}
