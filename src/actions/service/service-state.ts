import type { ActionState } from '../action.ts';
import type { ServiceAction } from './service-action.ts';
import type { UnitState } from './unit-state.ts';

/** What `inspect.sh` saw. */
export interface ServiceInspection {
  /** `none`, or how far the run got as its record on the node tells. */
  readonly phase: string;
  readonly unit: UnitState;
  /** The activation that the run's restart or start was to end; empty when none was written down. */
  readonly before: string;
  /** The same for the undo's restart. */
  readonly beforeUndo: string;
}

/**
 * How far a run got with a unit. The phase says what was tried, the unit says what happened: a run that died between
 * asking for a restart and the note of its end left phase `committing` and another process. A restart that somebody else
 * made in that moment has put the file into force as well.
 */
export function serviceState(operation: ServiceAction['operation'], seen: ServiceInspection): ActionState {
  const { phase, unit } = seen;
  const isInForce = operation === 'enable' ? unit.enabled === 'enabled' : unit.active === 'active';
  const meanings: Readonly<Record<string, ActionState>> = {
    none: 'untouched',
    staged: 'staged',
    committing: isInForce && wasHeard(operation, seen) ? 'applied' : 'staged',
    committed: isInForce ? 'applied' : 'moved',
    kept: isInForce ? 'applied' : 'moved',
    undoing: isUndone(operation, isInForce, seen) ? 'undone' : 'applied',
    undone: 'undone',
  };
  return meanings[phase] ?? 'moved';
}

/**
 * Nothing of a unit tells whether it was reloaded, and one of its links not whether all were made: once more does no
 * harm.
 */
function wasHeard(operation: ServiceAction['operation'], { unit, before }: ServiceInspection): boolean {
  return operation !== 'reload' && operation !== 'enable' && unit.activation !== before;
}

function isUndone(
  operation: ServiceAction['operation'],
  isInForce: boolean,
  { unit, beforeUndo }: ServiceInspection,
): boolean {
  if (operation === 'reload') return false;
  return operation === 'restart' ? isInForce && unit.activation !== beforeUndo : !isInForce;
}
