import type { ActionState } from '../action.ts';
import { actionState, type FileInspection } from '../file/action-state.ts';

/**
 * How far a run got with a node's boot configuration. A file in its place is not yet an argument that boots: a run that
 * died on the way is finished, or undone, from the beginning; and so is an undo.
 */
export function bootArgumentState(seen: FileInspection): ActionState {
  const state = actionState(seen);
  if (seen.phase === 'committing') return state === 'moved' ? state : 'staged';
  return seen.phase === 'undoing' ? 'applied' : state;
}
