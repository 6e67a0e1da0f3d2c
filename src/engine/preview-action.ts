import { actionKind } from '../actions/action-kinds.ts';
import type { ActionSpec } from '../actions/action.ts';
import { clusterActionKind } from '../actions/cluster-action-kinds.ts';
import type { ClusterActionSpec } from '../actions/cluster-action.ts';
import { redactText } from '../evidence/redact.ts';

/** What people read before they approve: a unified diff, secrets masked, no control characters. */
export function previewAction(action: ActionSpec): string {
  return actionKind(action.kind).preview(action, redactText);
}

/** What its undo would write. */
export function previewObjectUndo(action: ClusterActionSpec): string {
  return clusterActionKind(action.kind).previewUndo(action, redactText);
}

/** The same of an object of the API. */
export function previewObject(action: ClusterActionSpec): string {
  return clusterActionKind(action.kind).preview(action, redactText);
}
