import { compareNames } from '../compare-names.ts';
import type { NodeOutcome, ObjectOutcome, RunKind, RunResult, RunVerdict, StopReason } from '../run.ts';

const exitCodes = { done: 0, partly: 6, 'stopped-and-restored': 7, refused: 8 } as const satisfies Record<
  RunVerdict,
  number
>;

export interface RunSummary {
  readonly run: string;
  readonly kind: RunKind;
  readonly nodes: readonly NodeOutcome[];
  readonly objects?: readonly ObjectOutcome[];
  readonly stopped: StopReason | undefined;
  /** Whether any work on a node or an object began; of an undo, whether anything was put back on a node. */
  readonly began: boolean;
  readonly locked: readonly string[];
}

/** The answer to "what did it do": honest about what stays changed. Pure. */
export function summarize({ run, kind, nodes, objects, stopped, began, locked }: RunSummary): RunResult {
  const all = [...nodes, ...(objects ?? [])];
  const verdict =
    kind === 'undo' ? undoVerdict(all, began, isWhole(stopped)) : changeVerdict(all, began, isWhole(stopped));
  return {
    run,
    kind,
    verdict,
    exitCode: exitCodes[verdict],
    interrupted: stopped?.why === 'interrupted',
    nodes: nodes.toSorted((a, b) => compareNames(a.node, b.node)),
    ...(objects ? { objects } : {}),
    locked: locked.toSorted(compareNames),
    ...(stopped ? { stopped } : {}),
  };
}

/**
 * Whether the outcomes tell all: where the plan of the run is missing nobody here knows its other nodes, and a node
 * that was changed and did not become ready again is not done.
 */
function isWhole(stopped: StopReason | undefined): boolean {
  return stopped?.why !== 'error';
}

type Outcome = Pick<ObjectOutcome, 'ending' | 'left' | 'code'>;

function changeVerdict(outcomes: readonly Outcome[], began: boolean, whole: boolean): RunVerdict {
  if (whole && outcomes.every(({ ending }) => ending === 'done')) return 'done';
  if (outcomes.some(({ left }) => left !== 'as-before')) return 'partly';
  const onlyRefused = outcomes.every(({ ending }) => ['done', 'refused', 'not-started'].includes(ending));
  return !began || onlyRefused ? 'refused' : 'stopped-and-restored';
}

/**
 * Nodes where nothing was left to undo count as done. Of one that had kept no copy of some logs, all else was
 * undone.
 */
function undoVerdict(outcomes: readonly Outcome[], began: boolean, whole: boolean): RunVerdict {
  if (whole && outcomes.every(({ ending }) => ending === 'done')) return 'done';
  return began || outcomes.some(({ ending, code }) => ending === 'done' || code === 'LOG_NOT_KEPT')
    ? 'partly'
    : 'refused';
}
