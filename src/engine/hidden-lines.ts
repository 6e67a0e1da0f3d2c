import { actionKind, type ActionSpec } from '../actions/action-kinds.ts';
import type { ClusterActionSpec } from '../actions/cluster-action-kinds.ts';
import { clusterActionKind } from '../actions/cluster-action-kinds.ts';
import type { HiddenLines } from '../actions/hidden-lines.ts';
import { objectWords } from '../actions/object-words.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import { redactText } from '../evidence/redact.ts';
import type { Plan } from './plan.ts';

/** How much of a change its preview does not show. */
export function hiddenOf(action: ActionSpec): HiddenLines {
  return actionKind(action.kind).contents.hidden(action, redactText);
}

/** The same of an object of the API, by what its preview would say if nothing were masked. */
export function hiddenOfObject(action: ClusterActionSpec): HiddenLines {
  const { preview } = clusterActionKind(action.kind);
  const shown = new Set(preview(action, redactText).split('\n'));
  const masked = preview(action, (text) => text)
    .split('\n')
    .filter((line) => !shown.has(line));
  const changed = masked.filter((line) => /^[-+]/u.test(line)).length;
  return { changed, unchanged: masked.filter((line) => line.startsWith(' ')).length };
}

/**
 * A plan is approved by what is read of it. @throws NodemendError PLAN_HIDES_CHANGES for one that writes lines which its
 * preview masks
 */
export function requireShown({ actions, clusterActions = [] }: Plan): void {
  const hiding = [
    ...actions.map((action) => ({
      where: `${action.node}: ${actionKind(action.kind).subject(action)}`,
      ...hiddenOf(action),
    })),
    ...clusterActions.map((action) => ({ where: objectWords(action.object), ...hiddenOfObject(action) })),
  ].filter(({ changed }) => changed > 0);
  const [first] = hiding;
  if (first === undefined) return;
  throw new NodemendError('PLAN_HIDES_CHANGES', { where: first.where, count: first.changed, places: hiding.length });
}
