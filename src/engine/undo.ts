import { NodemendError } from '../errors/nodemend-error.ts';
import { compareNames } from './compare-names.ts';
import { withRecordedDrain } from './recorded-options.ts';
import { askNodes, unknownRun } from './rollout/ask-nodes.ts';
import { planOfRun, type GivenPlan } from './plan-of-run.ts';
import type { Plan } from './plan.ts';
import type { ClusterRecord } from './rollout/cluster-objects/cluster-record.ts';
import { propose } from './rollout/cluster-objects/proposal.ts';
import type { StoredRecord } from './rollout/cluster-objects/record-store.ts';
import type { RecordWriter } from './rollout/cluster-objects/record-writer.ts';
import { earlierRun, findRecord, recordMissing, takeRecord } from './rollout/cluster-objects/run-record.ts';
import { undoObjects } from './rollout/cluster-objects/undo-objects.ts';
import { readClusterNodes } from './rollout/cluster-nodes.ts';
import { nodeClaims, type NodeClaims } from './rollout/node-claims.ts';
import { openSession, type SessionRequest } from './rollout/open-session.ts';
import { takeLease } from './rollout/run-lease.ts';
import type { RunDependencies } from './rollout/run-request.ts';
import { soak } from './rollout/soak.ts';
import { undoNodes } from './rollout/undo-nodes.ts';
import type { Settled } from './rollout/turns.ts';
import { requireIdle, runSummary, type RunSummary } from './run-journal.ts';
import type { RunResult, StopReason } from './run.ts';

export interface UndoRequest extends RunDependencies {
  readonly run: string;
  /** Only these nodes of the run, and none of its objects; all of both without it. */
  readonly only?: readonly string[];
  /** The plan of the run, where this machine does not have it. */
  readonly plan?: GivenPlan;
}

/**
 * Takes a run back, its objects in the cluster first and then every node, from the records that lie there: this machine
 * need not know the run. What was edited since is left alone, with the diff, and the others are restored anyway.
 * May be repeated until nothing is left.
 * @throws NodemendError RUN_UNKNOWN, RUN_UNANSWERED, RUN_ACTIVE, RUN_ID_INVALID, RUN_PLAN_MISMATCH, RUN_FROM_ELSEWHERE, APPROVAL_…,
 *   ACCESS_NOT_ASKED, LEASE_HELD, CLUSTER_RECORD_…, JOURNAL_…, API_….
 */
export async function undoRun(request: UndoRequest): Promise<RunResult> {
  const { run, journal } = request;
  const text = await journal.read(run);
  const entries = text?.entries ?? [];
  const summary = text && runSummary(text);
  requireIdle(summary);
  const plan = await planOfRun(journal, { run, text, given: request.plan });
  const { nodes, record, hasObjects, unproven } = await whatToUndo(request, summary, plan);
  await propose(request, {
    kind: 'undo',
    run,
    plan,
    given: request.plan?.plan,
    record: record?.record,
    withObjects: hasObjects,
  });
  const lease = await takeLease(request, run);
  try {
    const writer = hasObjects
      ? await takeRecord(request, record, earlierRun({ run, summary, plan, entries, signal: request.signal }))
      : undefined;
    const claims = nodeClaims(entries);
    const options = withRecordedDrain(entries, request.options);
    return await undoUnder(
      { ...request, options },
      { nodes, claims, writer, lease, unproven, reboots: rebootsIn(plan), ...subjectOf(plan, summary) },
    );
  } finally {
    await lease.release();
  }
}

function subjectOf(plan: Plan | undefined, summary: RunSummary | undefined): Pick<SessionRequest, 'plan' | 'problems'> {
  return { plan: plan?.hash ?? '', problems: summary?.problems ?? plan?.problems ?? [] };
}

function rebootsIn(plan: Plan | undefined): boolean | undefined {
  return plan?.actions.some(({ disrupts }) => disrupts === 'reboot');
}

interface Undoing extends Pick<SessionRequest, 'nodes' | 'lease' | 'plan' | 'problems'> {
  readonly writer: RecordWriter | undefined;
  readonly claims: ReadonlyMap<string, NodeClaims>;
  readonly reboots: boolean | undefined;
  readonly unproven: StopReason | undefined;
}

async function undoUnder(
  request: UndoRequest,
  { writer, claims, reboots, unproven, ...undoing }: Undoing,
): Promise<RunResult> {
  const session = await openSession(request, {
    run: request.run,
    kind: 'undo',
    objects: writer?.objects ?? [],
    ...undoing,
  });
  try {
    return await undoNodes(session, {
      nodes: undoing.nodes,
      claims,
      reboots,
      settled: settledIn(request),
      objects: writer && (await undoObjects(session, writer)),
      unproven,
    });
  } finally {
    await session.journal.close();
  }
}

interface ToUndo {
  readonly nodes: readonly string[];
  readonly record: StoredRecord | undefined;
  readonly hasObjects: boolean;
  /** Why it cannot be said that these are all nodes of the run. */
  readonly unproven: StopReason | undefined;
}

async function whatToUndo(
  request: UndoRequest,
  summary: RunSummary | undefined,
  plan: Plan | undefined,
): Promise<ToUndo> {
  const { run, only, transport } = request;
  const record = only ? undefined : await findRecord(request, run, summary);
  const known = await nodesOf(request, { summary, plan, record: record?.record });
  const nodes = known.nodes.filter((node) => only?.includes(node) ?? true);
  if (nodes.length > 0 && !transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'undo' });
  const hasObjects = only === undefined && mayHaveObjects(run, { record, summary, plan });
  if (nodes.length === 0 && !hasObjects) throw new NodemendError('RUN_UNKNOWN', { run });
  return { nodes, record, hasObjects, unproven: known.unproven };
}

/** @throws NodemendError CLUSTER_RECORD_MISSING when it changed objects, and nothing here says which. */
function mayHaveObjects(
  run: string,
  {
    record,
    summary,
    plan,
  }: Pick<ToUndo, 'record'> & { readonly summary: RunSummary | undefined; readonly plan: Plan | undefined },
): boolean {
  if (record) return true;
  // How far it got, only a record or a journal tells.
  const isLost = summary === undefined && plan?.clusterActions !== undefined;
  if (!isLost && (!summary || summary.objects.length === 0)) return false;
  if (isLost || !plan) throw recordMissing(run);
  return true;
}

/** Looks at the cluster before the first node that is disturbed, and after each of them. */
function settledIn(request: UndoRequest): Settled {
  const before = request.api && readClusterNodes(request.api, request.signal);
  // Most undos disturb nothing and never ask.
  before?.catch(() => undefined);
  return async (node) => {
    const one = new Set([node]);
    await soak(request, (await before) ?? [], { changed: one, disturbed: one, reporting: new Set() });
  };
}

interface Known {
  readonly summary: RunSummary | undefined;
  readonly plan: Plan | undefined;
  readonly record: ClusterRecord | undefined;
}

/**
 * From the journal of the run itself, or its plan; without them, the nodes are asked, and one that cannot be asked may
 * know it. That it has none is not believed of a record in the cluster.
 */
async function nodesOf(request: UndoRequest, known: Known): Promise<Pick<ToUndo, 'nodes' | 'unproven'>> {
  const { summary, plan, record } = known;
  const { run, transport } = request;
  if (summary?.plannedHere) return { nodes: summary.nodes, unproven: undefined };
  if (plan) return { nodes: plan.nodes.map(({ name }) => name), unproven: undefined };
  if (record?.nodes === 0 && !transport)
    return { nodes: [], unproven: { why: 'error', code: 'RUN_NODES_UNPROVEN', params: { run } } };
  return { nodes: await rememberedNodes(request, known), unproven: undefined };
}

async function rememberedNodes(request: UndoRequest, { summary, record }: Known): Promise<readonly string[]> {
  const { memories, lockedOnly, unknown } = await askNodes(request, request.run, false);
  const known = [...memories.keys(), ...lockedOnly];
  if (known.length === 0 && !summary && !record) throw unknownRun(request.run, unknown);
  return [...new Set([...known, ...unknown.map(({ node }) => node), ...(summary?.nodes ?? [])])].toSorted(compareNames);
}
