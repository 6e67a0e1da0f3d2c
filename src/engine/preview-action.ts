import { actionKind } from '../actions/action-kinds.ts';
import type { ActionSpec } from '../actions/action-kinds.ts';
import type { Redact } from '../actions/action.ts';
import { clusterActionKind } from '../actions/cluster-action-kinds.ts';
import type { ClusterActionSpec } from '../actions/cluster-action-kinds.ts';
import { redactText } from '../evidence/redact.ts';

/** `all`: secrets too, because whoever approves it asked to see them (`--show-hidden`). */
export type Shown = 'masked' | 'all';

const redacting: Readonly<Record<Shown, Redact>> = { masked: redactText, all: (text) => text };

/** What people read before they approve: a unified diff, secrets masked, no control characters. */
export function previewAction(action: ActionSpec, shown: Shown = 'masked'): string {
  return actionKind(action.kind).preview(action, redacting[shown]);
}

/** The same of an object of the API. */
export function previewObject(action: ClusterActionSpec, shown: Shown = 'masked'): string {
  return clusterActionKind(action.kind).preview(action, redacting[shown]);
}

/** What its undo would write. */
export function previewObjectUndo(action: ClusterActionSpec): string {
  return clusterActionKind(action.kind).previewUndo(action, redactText);
}
