import type { ActionState } from '../action.ts';

/** What `inspect.sh` saw. States are lines as in `file-state.ts`. */
export interface FileInspection {
  /** `none`, or how far the run got as its record on the node tells. */
  readonly phase: string;
  readonly now: string;
  readonly from: string;
  readonly to: string;
}

interface Meaning {
  /** When the file is as the plan found it. */
  readonly from: ActionState;
  /** When the file is as the plan wants it. */
  readonly to: ActionState;
  readonly other: ActionState;
}

/**
 * The phase says what was tried, the file says what happened: a run that died between the rename and the note of it
 * left phase `committing` and the new file. Wanted content in phase `none` or `staged` is somebody else's work: not
 * ours to undo.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  none: { from: 'untouched', to: 'untouched', other: 'moved' },
  staged: { from: 'staged', to: 'staged', other: 'moved' },
  committing: { from: 'staged', to: 'applied', other: 'moved' },
  committed: { from: 'moved', to: 'applied', other: 'moved' },
  kept: { from: 'moved', to: 'applied', other: 'moved' },
  undoing: { from: 'undone', to: 'applied', other: 'moved' },
  undone: { from: 'undone', to: 'undone', other: 'undone' },
};

/** How far a run got with a file. */
export function actionState(seen: FileInspection): ActionState {
  const meaning = meanings[seen.phase];
  if (!meaning) return 'moved';
  if (seen.now === seen.to) return meaning.to;
  return seen.now === seen.from ? meaning.from : meaning.other;
}
