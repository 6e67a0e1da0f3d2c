import { NodemendError } from '../errors/nodemend-error.ts';
import { compareNames } from './compare-names.ts';
import type { JournalEntry } from './journal/entry.ts';
import { planOfRun, type GivenPlan } from './plan-of-run.ts';
import type { Plan, PlanNode } from './plan.ts';
import { recordedOptions } from './recorded-options.ts';
import { askNodes, unknownRun, type RunOnNodes } from './rollout/ask-nodes.ts';
import { batchesOf } from './rollout/batches.ts';
import type { ClusterRecord } from './rollout/cluster-objects/cluster-record.ts';
import type { StoredRecord } from './rollout/cluster-objects/record-store.ts';
import { propose } from './rollout/cluster-objects/proposal.ts';
import { findRecord, takeRecord } from './rollout/cluster-objects/run-record.ts';
import { workOf, type NodeWork } from './rollout/node-work.ts';
import { nodeClaims, type NodeClaims } from './rollout/node-claims.ts';
import { openSession } from './rollout/open-session.ts';
import { rollOut } from './rollout/roll-out.ts';
import { takeLease } from './rollout/run-lease.ts';
import type { RunDependencies } from './rollout/run-request.ts';
import { soak } from './rollout/soak.ts';
import { withCluster } from './rollout/with-cluster.ts';
import { workFromRecords } from './rollout/work-from-records.ts';
import { lockedNodes, nodeHistory, requireIdle, runSummary, unknownObjects, type RunSummary } from './run-journal.ts';
import type { RunResult, StopReason } from './run.ts';

export interface ResumeRequest extends RunDependencies {
  readonly run: string;
  /** The plan of the run, where this machine does not have it. */
  readonly plan?: GivenPlan;
}

/**
 * Goes on with a run that was killed or interrupted. Every node is looked at first: what a killed process was doing is
 * unknown, and never repeated blindly. Without the run's plan, what was begun on the nodes is finished from their own
 * records, and the rest is left, because what one node says must not be written to another.
 * @throws NodemendError RUN_UNKNOWN, RUN_UNANSWERED, RUN_ACTIVE, RUN_ENDED, RUN_BEING_UNDONE, RUN_PLAN_MISMATCH, and what `applyPlan`
 *   throws.
 */
export async function resumeRun(request: ResumeRequest): Promise<RunResult> {
  const { run } = request;
  const text = await request.journal.read(run);
  const entries = text?.entries ?? [];
  const summary = text && runSummary(text);
  requireResumable(run, summary, entries);
  const record = await findRecord(request, run, summary);
  const dependencies = { ...request, options: recordedOptions(entries, request.options) };
  const plan = await planOfRun(request.journal, { run, text, given: request.plan });
  return plan ? resumePlan(dependencies, { plan, record, summary }, entries) : resumeRecords(dependencies, record);
}

function requireResumable(run: string, summary: RunSummary | undefined, entries: readonly JournalEntry[]): void {
  requireIdle(summary);
  if (summary?.kind === 'undo') throw beingUndone(summary);
  // A run that ended without knowing how it left a node still has that node to settle, and one that could not let a
  // node go has to.
  const { unknown, paused } = nodeHistory(entries);
  const isSettled = unknown.size === 0 && paused.size === 0 && unknownObjects(entries).length === 0;
  if (summary?.state === 'ended' && isSettled && lockedNodes(entries).size === 0)
    throw new NodemendError('RUN_ENDED', { run, verdict: summary.verdict ?? '-' });
}

/** One that came to its end left nothing to go on with. */
function beingUndone({ run, state, verdict }: RunSummary): NodemendError {
  const isUndone = state === 'ended' && verdict === 'done';
  return new NodemendError('RUN_BEING_UNDONE', { run, ...(isUndone ? { context: 'ended' } : {}) });
}

interface KnownRun {
  readonly plan: Plan;
  readonly record: StoredRecord | undefined;
  readonly summary: RunSummary | undefined;
}

async function resumePlan(
  dependencies: ResumeRequest,
  { plan, record, summary }: KnownRun,
  entries: readonly JournalEntry[],
): Promise<RunResult> {
  const { run, options } = dependencies;
  if (plan.nodes.length > 0 && !dependencies.transport)
    throw new NodemendError('ACCESS_NOT_ASKED', { command: 'resume' });
  await propose(dependencies, {
    kind: 'resume',
    run,
    plan,
    given: dependencies.plan?.plan,
    record: record?.record,
    withObjects: true,
  });
  const { finished, failed, touched } = nodeHistory(entries);
  const claims = nodeClaims(entries);
  const how = (node: string): NodeWork['how'] =>
    failed.has(node) ? 'restore' : finished.has(node) ? 'finished' : 'resume';
  return withCluster(dependencies, { run, plan }, async ({ nodes, lease, cap }) => {
    const begun = await nodesBegun(dependencies, plan, failed);
    const names = plan.nodes.map(({ name }) => name);
    const startedAt = summary?.startedAt || new Date(dependencies.timing?.now() ?? Date.now()).toISOString();
    const objects = await takeRecord(dependencies, record, {
      run,
      plan,
      owner: options.owner,
      startedAt,
      entries,
      signal: dependencies.signal,
    });
    const session = await openSession(dependencies, {
      run,
      kind: 'resume',
      plan: plan.hash,
      problems: plan.problems,
      nodes: names,
      objects: objects?.objects ?? [],
      lease,
    });
    try {
      return await rollOut(session, {
        nodes: plan.nodes,
        work: workOf(plan, (node) => ({
          how: how(node),
          touched: touched.has(node) || finished.has(node) || begun.has(node),
          ...claimed(claims.get(node)),
        })),
        batches: batchesOf(plan, nodes, { options: options, cap }),
        ...(objects ? { objects } : {}),
        soak: (watched) => soak(dependencies, nodes, watched),
      });
    } finally {
      await session.journal.close();
    }
  });
}

function claimed(claims: NodeClaims | undefined): Pick<NodeWork, 'claims'> {
  return claims ? { claims } : {};
}

/**
 * The nodes on which something of the run was begun, as they say themselves, and those that cannot say it. Another
 * machine may have gone on with the run, or taken it back, or a part of it, which this one's journal does not know: to
 * go on would change nodes of a run that somebody ended. A node that the journal calls failed was undone by the run
 * itself.
 * @throws NodemendError RUN_TAKEN_BACK, RUN_PLAN_MISMATCH
 */
async function nodesBegun(
  dependencies: ResumeRequest,
  plan: Plan,
  failed: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  if (plan.nodes.length === 0) return new Set();
  const named = new Set(plan.nodes.map(({ name }) => name));
  const targets = dependencies.targets.filter(({ name }) => named.has(name) && !failed.has(name));
  const { memories, unknown } = await askNodes({ ...dependencies, targets }, dependencies.run, false);
  if ([...memories.values()].some(({ records }) => records.some(({ record }) => record.plan !== plan.hash)))
    throw new NodemendError('RUN_PLAN_MISMATCH', {
      file: dependencies.plan?.file ?? `${dependencies.run}.plan.json`,
      run: dependencies.run,
    });
  const undone = [...memories]
    .filter(([, { records }]) => records.some(({ phase }) => phase === 'undone' || phase === 'undoing'))
    .map(([node]) => node);
  if (undone.length > 0)
    throw new NodemendError('RUN_TAKEN_BACK', {
      run: dependencies.run,
      nodes: undone.toSorted(compareNames).join(', '),
    });
  return new Set([...memories.keys(), ...unknown.map(({ node }) => node)]);
}

/** The cluster's record is whole; of the nodes' own nobody knows whether there are more. */
async function resumeRecords(dependencies: ResumeRequest, record: StoredRecord | undefined): Promise<RunResult> {
  const { run } = dependencies;
  const { found, work, nodes } = await nodesFromRecords(dependencies, record?.record);
  await propose(dependencies, {
    kind: 'resume',
    run,
    plan: undefined,
    given: undefined,
    record: record?.record,
    withObjects: true,
  });
  const plannedNodes = plannedNodesOf(found, record?.record);
  const lease = await takeLease(dependencies, run);
  try {
    const objects = await takeRecord(dependencies, record, undefined);
    const { plan, problems } = record?.record ?? { plan: planHashOf(run, found), problems: [] };
    const session = await openSession(dependencies, {
      run,
      kind: 'resume',
      plan,
      problems,
      nodes: nodes.map(({ name }) => name),
      nodeCount: plannedNodes,
      objects: objects?.objects ?? [],
      lease,
    });
    try {
      return await rollOut(session, {
        nodes,
        work: new Map(work.map((one) => [one.node, one])),
        batches: [],
        unasked: found.unknown,
        ...unplanned(run, { work, planned: plannedNodes, known: work.length > 0 || record !== undefined }),
        ...(objects ? { objects } : {}),
        soak: () => Promise.resolve([]),
      });
    } finally {
      await session.journal.close();
    }
  } finally {
    await lease.release();
  }
}

interface KnownNodes {
  readonly found: RunOnNodes;
  readonly work: readonly NodeWork[];
  readonly nodes: readonly PlanNode[];
}

async function nodesFromRecords(dependencies: ResumeRequest, record: ClusterRecord | undefined): Promise<KnownNodes> {
  const { run } = dependencies;
  const found = record?.nodes === 0 && !dependencies.transport ? noNodes : await askNodes(dependencies, run, true);
  const work = [...found.memories].map(([node, memory]) => workFromRecords(node, memory));
  if (work.length === 0 && found.lockedOnly.length === 0 && !record) throw unknownRun(run, found.unknown);
  return { found, work, nodes: knownNodes(work, found) };
}

const noNodes: RunOnNodes = { memories: new Map(), lockedOnly: [], unknown: [] };

/**
 * Bound to nothing but the machine: a boot in between is not a reason not to finish. Unreachable nodes may know the run
 * too.
 */
function knownNodes(work: readonly NodeWork[], { lockedOnly, unknown }: RunOnNodes): readonly PlanNode[] {
  const names = [...lockedOnly, ...unknown.map(({ node }) => node)].map((name) => ({
    name,
    machineId: '',
    bootId: '',
  }));
  return [...work.map(({ node, machineId }) => ({ name: node, machineId, bootId: '' })), ...names].toSorted((a, b) =>
    compareNames(a.name, b.name),
  );
}

function planHashOf(run: string, { memories }: RunOnNodes): string {
  const hashes = new Set([...memories.values()].flatMap(({ records }) => records.map(({ record }) => record.plan)));
  if (hashes.size > 1) throw new NodemendError('RUN_PLAN_MISMATCH', { file: 'record.json', run });
  return [...hashes][0] ?? '';
}

/** The records say how many nodes the plan had. */
function plannedNodesOf({ memories }: RunOnNodes, record: ClusterRecord | undefined): number {
  const told = [...memories.values()].flatMap(({ records }) => records.map(({ record }) => record.nodes));
  return Math.max(record?.nodes ?? 0, ...told);
}

/**
 * When every action of all of its nodes was begun, nothing is missing. That it has no nodes is not believed of the
 * cluster's record.
 */
function unplanned(
  run: string,
  { work, planned, known }: { readonly work: readonly NodeWork[]; readonly planned: number; readonly known: boolean },
): { readonly unplanned?: StopReason } {
  const begun = work.filter(({ incomplete }) => incomplete === undefined).length;
  if (known && planned === 0) return { unplanned: { why: 'error', code: 'RUN_NODES_UNPROVEN', params: { run } } };
  if (known && begun >= planned) return {};
  return { unplanned: { why: 'error', code: 'RUN_PLAN_MISSING', params: { run, begun, nodes: planned } } };
}
