import { NodemendError } from '../errors/nodemend-error.ts';
import { compareNames } from './compare-names.ts';
import { askNodes } from './rollout/ask-nodes.ts';
import type { Plan } from './plan.ts';
import type { ClusterRecord } from './rollout/cluster-objects/cluster-record.ts';
import type { StoredRecord } from './rollout/cluster-objects/record-store.ts';
import type { RecordKeeper } from './rollout/cluster-objects/record-keeper.ts';
import { earlierRun, findRecord, recordMissing, takeRecord } from './rollout/cluster-objects/run-record.ts';
import { undoObjects } from './rollout/cluster-objects/undo-objects.ts';
import { readClusterNodes } from './rollout/cluster-nodes.ts';
import { nodeClaims, type NodeClaims } from './rollout/node-claims.ts';
import { openSession, type SessionRequest } from './rollout/open-session.ts';
import { takeLease } from './rollout/run-lease.ts';
import type { RunWorld } from './rollout/run-request.ts';
import { soak } from './rollout/soak.ts';
import { takeBack } from './rollout/take-back.ts';
import type { Settled } from './rollout/turns.ts';
import { keptPlan, requireIdle, runStory, type RunStory } from './run-journal.ts';
import type { RunResult } from './run.ts';

export interface UndoRequest extends RunWorld {
  readonly run: string;
  /** Only these nodes of the run, and none of its objects; all of both without it. */
  readonly only?: readonly string[];
}

/**
 * Takes a run back, its objects in the cluster first and then every node, from the records that lie there: this machine
 * need not know the run. What was edited since is left alone, with the diff, and the others are restored all the same.
 * May be repeated until nothing is left.
 * @throws NodemendError RUN_UNKNOWN, RUN_ACTIVE, RUN_ID_INVALID, ACCESS_NOT_ASKED, LEASE_HELD, CLUSTER_RECORD_…,
 *   JOURNAL_…, API_….
 */
export async function undoRun(request: UndoRequest): Promise<RunResult> {
  const { run, journal } = request;
  const text = await journal.read(run);
  const entries = text?.entries ?? [];
  const story = text && runStory(text);
  requireIdle(story);
  const plan = text && (await keptPlan(journal, text));
  const { nodes, record, hasObjects } = await whatToUndo(request, story, plan);
  const lease = await takeLease(request, run);
  try {
    const keeper = hasObjects
      ? await takeRecord(request, record, earlierRun({ run, story, plan, entries, signal: request.signal }))
      : undefined;
    return await undoUnder(request, {
      nodes,
      claims: nodeClaims(entries),
      keeper,
      lease,
      plan: plan?.hash ?? '',
      problems: story?.problems ?? [],
    });
  } finally {
    await lease.release();
  }
}

interface Undoing extends Pick<SessionRequest, 'nodes' | 'lease' | 'plan' | 'problems'> {
  readonly keeper: RecordKeeper | undefined;
  readonly claims: ReadonlyMap<string, NodeClaims>;
}

async function undoUnder(request: UndoRequest, { keeper, claims, ...undoing }: Undoing): Promise<RunResult> {
  const session = await openSession(request, {
    run: request.run,
    kind: 'undo',
    objects: keeper?.objects ?? [],
    ...undoing,
  });
  try {
    return await takeBack(session, {
      nodes: undoing.nodes,
      claims,
      settled: settledIn(request),
      objects: keeper && (await undoObjects(session, keeper)),
    });
  } finally {
    await session.journal.close();
  }
}

interface ToUndo {
  readonly nodes: readonly string[];
  readonly record: StoredRecord | undefined;
  readonly hasObjects: boolean;
}

async function whatToUndo(request: UndoRequest, story: RunStory | undefined, plan: Plan | undefined): Promise<ToUndo> {
  const { run, only, transport } = request;
  const record = only ? undefined : await findRecord(request, run, story);
  const nodes = (await nodesOf(request, story, record?.record)).filter((node) => only?.includes(node) ?? true);
  if (nodes.length > 0 && !transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'undo' });
  const hasObjects = only === undefined && mayHaveObjects(run, { record, story, plan });
  if (nodes.length === 0 && !hasObjects) throw new NodemendError('RUN_UNKNOWN', { run });
  return { nodes, record, hasObjects };
}

/** @throws NodemendError CLUSTER_RECORD_MISSING when it changed objects, and nothing here says which. */
function mayHaveObjects(
  run: string,
  {
    record,
    story,
    plan,
  }: Pick<ToUndo, 'record'> & { readonly story: RunStory | undefined; readonly plan: Plan | undefined },
): boolean {
  if (record) return true;
  if (!story || story.objects.length === 0) return false;
  if (!plan) throw recordMissing(run);
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

/** From the journal of the run itself; without it, the nodes are asked, and one that cannot be asked may know it. */
async function nodesOf(
  request: UndoRequest,
  story: RunStory | undefined,
  record: ClusterRecord | undefined,
): Promise<readonly string[]> {
  if (story?.plannedHere) return story.nodes;
  if (record?.nodes === 0) return [];
  const { memories, lockedOnly, unknown } = await askNodes(request, request.run, false);
  const known = [...memories.keys(), ...lockedOnly];
  if (known.length === 0 && !story && !record) throw new NodemendError('RUN_UNKNOWN', { run: request.run });
  return [...new Set([...known, ...unknown.map(({ node }) => node), ...(story?.nodes ?? [])])].toSorted(compareNames);
}
