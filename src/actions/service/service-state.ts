import type { ActionState } from '../action.ts';
import type { UnitState } from './unit-state.ts';

/** What `inspect.sh` saw. */
export interface ServiceInspection {
  /** `none`, or how far the run got as its record on the node tells. */
  readonly phase: string;
  readonly unit: UnitState;
  /** The activation that the run's restart was to end; empty when none was written down. */
  readonly before: string;
  /** The same for the undo's restart. */
  readonly beforeUndo: string;
}

/**
 * How far a run got with a unit. The phase says what was tried, the activation says what happened: a run that died
 * between asking for the restart and the note of its end left phase `committing` and another process. A restart that
 * somebody else made in that moment has put the file into force as well.
 */
export function serviceState({ phase, unit, before, beforeUndo }: ServiceInspection): ActionState {
  const isUp = unit.active === 'active';
  const meanings: Readonly<Record<string, ActionState>> = {
    none: 'untouched',
    staged: 'staged',
    committing: isUp && unit.activation !== before ? 'applied' : 'staged',
    committed: isUp ? 'applied' : 'moved',
    kept: isUp ? 'applied' : 'moved',
    undoing: isUp && unit.activation !== beforeUndo ? 'undone' : 'applied',
    undone: 'undone',
  };
  return meanings[phase] ?? 'moved';
}
