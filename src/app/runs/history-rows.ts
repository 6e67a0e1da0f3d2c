import type { ClusterRun, NodeRun } from '../../engine/history.ts';
import type { RunSummary } from '../../engine/run-journal.ts';
import type { RunKind, RunVerdict } from '../../engine/run.ts';

export interface HistoryRow {
  /**
   * Its id begins with the minute it started and what it was for (`run-id.ts`), so the table needs no columns for
   * these.
   */
  readonly run: string;
  readonly kind: RunKind;
  /**
   * `unfinished`: it has no end in its journal, and no process works on it. `damaged`: its journal cannot be believed;
   * the nodes know.
   */
  readonly state: RunVerdict | 'running' | 'unfinished' | 'undone' | 'damaged';
  readonly nodes: number;
  /** Objects of the API. */
  readonly objects: number;
  readonly owner: string;
}

/** Phases in which nothing is left to do. */
const settled: ReadonlySet<string> = new Set(['committed', 'kept', 'undone', 'planned', 'already', 'applied']);
/** Of an action that changed nothing, or whose change is gone. */
const gone: ReadonlySet<string> = new Set(['undone', 'planned', 'already']);

/**
 * The runs that this machine knows, and those that only the nodes' or the cluster's own records report; newest first.
 * Pure.
 */
export function historyRows(
  here: readonly RunSummary[],
  nodes: readonly NodeRun[],
  cluster: readonly ClusterRun[],
): readonly HistoryRow[] {
  const known = new Set(here.map(({ run }) => run));
  const told = [...nodes, ...cluster].filter(({ run }) => !known.has(run));
  const elsewhere = [...Map.groupBy(told, ({ run }) => run)].map(([run, records]): HistoryRow => {
    const owners = [...new Set(records.map(({ owner }) => owner))];
    const objects = records.reduce((sum, record) => sum + ('node' in record ? 0 : record.phases.length), 0);
    return {
      run,
      kind: 'apply',
      state: stateOf(records),
      nodes: records.filter((record) => 'node' in record).length,
      objects,
      owner: owners.join(', '),
    };
  });
  return merged(
    here.map(rowOf),
    elsewhere.toSorted((a, b) => (a.run < b.run ? 1 : -1)),
  );
}

/** This machine knows the order of its own runs; the others have only the minute in their names. */
function merged(here: readonly HistoryRow[], elsewhere: readonly HistoryRow[]): readonly HistoryRow[] {
  const rows: HistoryRow[] = [];
  const rest = [...elsewhere];
  for (const row of here) {
    while (rest[0] && rest[0].run > row.run) rows.push(...rest.splice(0, 1));
    rows.push(row);
  }
  return [...rows, ...rest];
}

function stateOf(records: readonly (NodeRun | ClusterRun)[]): HistoryRow['state'] {
  const phases: readonly string[] = records.flatMap((record): readonly string[] => record.phases);
  if (phases.every((phase) => gone.has(phase)) && phases.includes('undone')) return 'undone';
  // One that goes forward and has not come to an object yet was cut short before it.
  const isCutShort = records.some(
    (record) => !('node' in record) && record.state === 'going' && record.phases.includes('planned'),
  );
  return phases.every((phase) => settled.has(phase)) && !isCutShort ? 'done' : 'unfinished';
}

function rowOf({ run, kind, state, verdict, nodes, objects, owner, damaged }: RunSummary): HistoryRow {
  const words = state === 'running' ? 'running' : state === 'ended' ? (verdict ?? 'unfinished') : 'unfinished';
  return {
    run,
    kind,
    state: damaged > 0 ? 'damaged' : kind === 'undo' && words === 'done' ? 'undone' : words,
    nodes: nodes.length,
    objects: objects.length,
    owner,
  };
}
