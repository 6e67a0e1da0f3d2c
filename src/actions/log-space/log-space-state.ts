import type { ActionState } from '../action.ts';

/** What `look.sh` saw. */
export interface ObservedLog {
  /** `none`, or how far the run got as its record on the node tells. */
  readonly phase: string;
  /** Whether the file that the plan saw is gone from its name or, a live log, was emptied. */
  readonly freed: boolean;
}

/**
 * How far a run got with a log. The phase says what was tried, the file what happened: a run that died between the deed
 * and the note of it left phase `committing` and no file. A log that grew again after it was emptied was freed
 * anyway.
 */
export function logSpaceState({ phase, freed }: ObservedLog): ActionState {
  switch (phase) {
    case 'none':
      return 'untouched';
    case 'staged':
      return freed ? 'moved' : 'staged';
    case 'committing':
      return freed ? 'applied' : 'staged';
    case 'committed':
    case 'kept':
    case 'undoing':
      return 'applied';
    case 'undone':
      return 'undone';
    default:
      return 'moved';
  }
}
