import { readNodeMemory, type LockOnNode, type RecordPhase } from '../actions/node-state/node-records.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import { isNodemendError } from '../errors/nodemend-error.ts';
import type { NodeTarget, Transport } from '../transport/transport.ts';
import { compareNames } from './compare-names.ts';
import type { JournalStore } from './journal/journal-store.ts';
import { concurrently } from './rollout/concurrently.ts';
import { runStory, type RunStory } from './run-journal.ts';

/** The runs that this machine knows of, newest first. @throws NodemendError JOURNAL_UNREADABLE. */
export async function listRuns(journal: JournalStore): Promise<readonly RunStory[]> {
  const runs = await journal.runs();
  const stories = await concurrently(runs.toReversed(), 8, async (run) => runStory((await journal.read(run)) ?? []));
  // Of two runs in one minute the names do not tell which was first.
  return stories.filter((story) => story !== undefined).toSorted((a, b) => compareNames(b.startedAt, a.startedAt));
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
  /** Nodes that could not be asked: what they know is unknown, not nothing. */
  readonly unknown: readonly { readonly node: string; readonly code?: ErrorCode; readonly detail: string }[];
}

export interface NodeRunsRequest {
  readonly transport: Transport;
  readonly targets: readonly NodeTarget[];
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** The runs that the nodes themselves know of: for a machine that did not start them. Only reads. */
export async function listNodeRuns(request: NodeRunsRequest): Promise<NodeRuns> {
  const answers = await concurrently(request.targets, request.concurrency, (target) => askNode(request, target));
  return {
    runs: answers.flatMap(({ runs }) => runs).toSorted((a, b) => compareNames(b.run, a.run) || compareNames(a.node, b.node)),
    locks: answers.flatMap(({ locks }) => locks),
    unknown: answers.flatMap(({ unknown }) => unknown),
  };
}

async function askNode({ transport, signal }: NodeRunsRequest, target: NodeTarget): Promise<NodeRuns> {
  const node = target.name;
  try {
    const connection = await transport.connect(target, signal);
    try {
      const { records, lock } = await readNodeMemory(connection, {});
      const byRun = Map.groupBy(records, ({ record }) => record.run);
      const runs = [...byRun].flatMap(([run, own]) => {
        const [first] = own;
        return first ? [{ run, node, owner: first.record.owner, startedAt: first.record.startedAt, phases: own.map(({ phase }) => phase) }] : [];
      });
      return { runs, locks: lock ? [{ node, ...lock }] : [], unknown: [] };
    } finally {
      await connection.close();
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { runs: [], locks: [], unknown: [{ node, ...(isNodemendError(error) ? { code: error.code } : {}), detail }] };
  }
}
