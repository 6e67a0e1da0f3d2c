import { actionKind, type ActionSpec } from '../actions/action-kinds.ts';
import type { PlannedAction } from '../problems/problem.ts';
import { engineRefusals } from './engine-refusals.ts';
import type { Plan, PlanNode } from './plan.ts';
import { strayPath } from './written-paths.ts';

type Refusal = Plan['refused'][number];

export interface AdmittedActions {
  readonly actions: readonly ActionSpec[];
  readonly refused: readonly Refusal[];
}

export interface Grounds {
  /** The nodes of the evidence; undefined where what tells one from its successor was not seen. */
  readonly bound: ReadonlyMap<string, PlanNode | undefined>;
  /** Where each problem has business (`ProblemMeta.writes`). */
  readonly writes: ReadonlyMap<string, readonly string[]>;
}

/**
 * The actions on nodes that may stand in one plan. A change (`PlannedAction.partOf`) is admitted whole or not at all:
 * the reload behind a file that was refused would not find in force what it looks for, and the node would be restored
 * with all that others changed there. Of two changes that touch one place the first is kept. The problems' own order
 * stays. Pure.
 */
export function admitNodeActions(drafted: readonly PlannedAction[], grounds: Grounds): AdmittedActions {
  const taken = new Set<string>();
  const admitted = new Set<PlannedAction>();
  const refused: Refusal[] = [];
  for (const change of Map.groupBy(drafted, changeOf).values()) {
    const places = change.flatMap(placesOf);
    const obstacle = obstacleTo(change, grounds, taken);
    if (obstacle) refused.push(...refusalsOf(change, obstacle));
    else {
      for (const action of change) admitted.add(action);
      for (const place of places) taken.add(place);
    }
  }
  return { actions: drafted.filter((action) => admitted.has(action)).map(withoutChange), refused };
}

function changeOf({ problem, node, partOf = '' }: PlannedAction): string {
  return [problem, node, partOf].join('\n');
}

/** How the problem's actions belong together is nothing that a plan says: what it holds was admitted. */
function withoutChange(planned: PlannedAction): ActionSpec {
  const { partOf: _partOf, ...action } = planned;
  return action;
}

interface Obstacle {
  readonly action: ActionSpec;
  readonly key: string;
}

/** The first action of a change that cannot be admitted. */
function obstacleTo(
  change: readonly ActionSpec[],
  { bound, writes }: Grounds,
  taken: ReadonlySet<string>,
): Obstacle | undefined {
  const own = new Set(taken);
  for (const action of change) {
    const places = placesOf(action);
    if (!bound.get(action.node)) return { action, key: engineRefusals.unidentified };
    if (places.some((place) => own.has(place))) return { action, key: engineRefusals.conflict };
    // A path may have been learnt on the node; where a problem has no business it writes nothing, whoever named it.
    if (strayPath([action], writes.get(action.problem) ?? []) !== undefined)
      return { action, key: engineRefusals.strayPath };
    for (const place of places) own.add(place);
  }
  return undefined;
}

/**
 * Two actions on one file of one node would undo each other's preconditions; a restart behind another problem's files
 * would put them into force before they are verified, or after. An id is in a plan once.
 */
function placesOf(action: ActionSpec): readonly string[] {
  const keys = actionKind(action.kind).conflictKeys(action);
  return [action.id, ...keys.map((key) => `${action.node}\n${key}`)];
}

function subjectOf(action: ActionSpec): string {
  return actionKind(action.kind).subject(action);
}

/** Each finding that the change would have cured once, with what stood in the way and what was left out with it. */
function refusalsOf(change: readonly ActionSpec[], { action, key }: Obstacle): readonly Refusal[] {
  const { problem, node } = action;
  const others = change.filter((one) => one !== action).map(subjectOf);
  const params = {
    node,
    path: subjectOf(action),
    ...(others.length === 0 || key === engineRefusals.unidentified ? {} : { others: others.join(', ') }),
  };
  return [...new Set(change.flatMap(({ cures }) => cures))].map((fingerprint) => ({
    problem,
    fingerprint,
    node,
    key,
    params,
  }));
}
