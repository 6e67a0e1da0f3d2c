import { readNodeMemory, type LockOnNode, type RecordPhase } from '../actions/node-state/node-records.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import { isNodemendError, type ErrorParams } from '../errors/nodemend-error.ts';
import type { NodeTarget, Transport } from '../transport/transport.ts';
import { compareNames } from './compare-names.ts';
import type { JournalStore } from './journal/journal-store.ts';
import { concurrently } from './rollout/concurrently.ts';
import { runSummary, type RunSummary } from './run-journal.ts';
import { recordPlace } from './rollout/cluster-objects/run-record.ts';
import type { ObjectPhase } from './rollout/cluster-objects/cluster-record.ts';
import { listRecords } from './rollout/cluster-objects/record-store.ts';
import type { RunDependencies } from './rollout/run-request.ts';

/** The runs that this machine knows of, newest first. @throws NodemendError JOURNAL_UNREADABLE. */
export async function listRuns(journal: JournalStore): Promise<readonly RunSummary[]> {
  const runs = await journal.runs();
  const summaries = await concurrently(runs.toReversed(), 8, async (run) => {
    const text = await journal.read(run);
    return text && runSummary(text);
  });
  return summaries.filter((summary) => summary !== undefined).toSorted(newestFirst);
}

/**
 * By the number that a run got when it was begun, because a clock may have been set back since. One that does not know
 * its number any more may be the newest. Those of 0.1 have none of their own, and only their clock.
 */
function newestFirst(a: RunSummary, b: RunSummary): number {
  const [first, second] = [a.number ?? Number.POSITIVE_INFINITY, b.number ?? Number.POSITIVE_INFINITY];
  return first === second ? compareNames(b.startedAt, a.startedAt) : second > first ? 1 : -1;
}

/** What one node remembers of one run. */
export interface NodeRun {
  readonly run: string;
  readonly node: string;
  readonly owner: string;
  readonly startedAt: string;
  /** How far each action got, in the plan's order. */
  readonly phases: readonly RecordPhase[];
}

export interface NodeRuns {
  /** Newest run first, then by node. */
  readonly runs: readonly NodeRun[];
  readonly locks: readonly (LockOnNode & { readonly node: string })[];
  /** Nodes that could not be asked, and runs whose record could not be read: unknown, not nothing. */
  readonly unknown: readonly (Partial<Told> & { readonly node: string; readonly detail: string })[];
}

/** An error, for whoever reads another language than `detail` is in. */
interface Told {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
}

export interface NodeRunsRequest {
  /** Absent when nobody asked to go onto nodes. */
  readonly transport?: Transport;
  readonly targets: readonly NodeTarget[];
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** The runs that the nodes themselves know of: for a machine that did not start them. Only reads. */
export async function listNodeRuns(request: NodeRunsRequest): Promise<NodeRuns> {
  const { transport, signal, targets } = request;
  const answers = transport
    ? await concurrently(targets, request.concurrency, (target) => askNode({ transport, signal }, target))
    : [];
  return {
    runs: answers
      .flatMap(({ runs }) => runs)
      .toSorted((a, b) => compareNames(b.run, a.run) || compareNames(a.node, b.node)),
    locks: answers.flatMap(({ locks }) => locks),
    unknown: answers.flatMap(({ unknown }) => unknown),
  };
}

interface AskRequest {
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

async function askNode({ transport, signal }: AskRequest, target: NodeTarget): Promise<NodeRuns> {
  const node = target.name;
  try {
    const connection = await transport.connect(target, signal);
    try {
      const { records, lock, unreadable } = await readNodeMemory(connection, {});
      const byRun = Map.groupBy(records, ({ record }) => record.run);
      const runs = [...byRun].flatMap(([run, own]) => {
        const [first] = own;
        return first
          ? [
              {
                run,
                node,
                owner: first.record.owner,
                startedAt: first.record.startedAt,
                phases: own.map(({ phase }) => phase),
              },
            ]
          : [];
      });
      const unknown = unreadable.map(({ code, params, message }) => ({ node, code, params, detail: message }));
      return { runs, locks: lock ? [{ node, ...lock }] : [], unknown };
    } finally {
      await connection.close();
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      runs: [],
      locks: [],
      unknown: [{ node, ...(isNodemendError(error) ? { code: error.code, params: error.params } : {}), detail }],
    };
  }
}

/** What the cluster remembers of one run. */
export interface ClusterRun {
  readonly run: string;
  readonly owner: string;
  readonly startedAt: string;
  /** How many nodes its plan changes; their own records are on them. */
  readonly nodes: number;
  readonly state: 'going' | 'taking-back';
  /** How far each action on an object got, in the plan's order. */
  readonly phases: readonly ObjectPhase[];
}

export interface ClusterRuns {
  /** Newest first. */
  readonly runs: readonly ClusterRun[];
  /** Records that could not be read. */
  readonly unknown: readonly (Told & { readonly detail: string })[];
}

/**
 * The runs that the cluster itself knows of, because they changed objects of it. Only reads. @throws NodemendError
 * API_…
 */
export async function listClusterRuns(
  dependencies: Pick<RunDependencies, 'api' | 'lease'>,
  signal: AbortSignal,
): Promise<ClusterRuns> {
  const place = recordPlace(dependencies);
  const found = place ? await listRecords(place, signal) : [];
  return {
    runs: found
      .flatMap((one) => ('record' in one ? [one.record] : []))
      .map(({ run, owner, startedAt, nodes, state, phases }) => ({ run, owner, startedAt, nodes, state, phases }))
      .toSorted((a, b) => compareNames(b.run, a.run)),
    unknown: found.flatMap((one) =>
      'record' in one ? [] : [{ code: one.code, params: one.params, detail: one.message }],
    ),
  };
}
