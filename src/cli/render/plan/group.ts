import { actionKind } from '../../../actions/action-kinds.ts';
import type { ActionSpec } from '../../../actions/action-kinds.ts';
import type { Plan } from '../../../engine/plan.ts';

/** Actions that do the same to several nodes. */
export interface ActionGroup {
  /** Never empty; the first stands for all. */
  readonly actions: readonly ActionSpec[];
  readonly first: ActionSpec;
  readonly preview: string;
}

/** What of a node is changed; empty where that is the node itself. */
export function subjectOf(action: ActionSpec): string {
  const subject = actionKind(action.kind).subject(action);
  return subject === action.node ? '' : subject;
}

/**
 * Folds the actions of nodes with the same change, in the order of the plan: the first stands for all, so whatever is
 * carried out is the same in all of them, shown or not.
 */
export function groupActions(plan: Plan, preview: (action: ActionSpec) => string): readonly ActionGroup[] {
  const seen = plan.actions.map((action) => ({ action, text: preview(action) }));
  const groups = Map.groupBy(seen, ({ action, text }) =>
    JSON.stringify([
      action.kind,
      action.problem,
      subjectOf(action),
      action.disrupts ?? '',
      action.why.key,
      text,
      actionKind(action.kind).carriedOut(action),
    ]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ actions: group.map(({ action }) => action), first: first.action, preview: first.text }] : [];
  });
}
