import type { ActionState } from '../action.ts';
import { opposite, unmet, type ObservedBoot } from './observed-boot.ts';
import type { RebootAction } from './reboot-action.ts';

/**
 * How far a run got with a node. The phase says what was asked for, the boot id what happened: one that is another by
 * now was ended, by the run or by somebody else, and that is as good.
 */
export function rebootState({ inForce }: RebootAction, seen: ObservedBoot): ActionState {
  const { phase, bootId, before, beforeUndo } = seen;
  const isMet = unmet(inForce, seen).length === 0;
  const isBack = bootId !== beforeUndo && unmet(opposite(inForce), seen).length === 0;
  const meanings: Readonly<Record<string, ActionState>> = {
    none: 'untouched',
    staged: 'staged',
    committing: bootId === before ? 'staged' : 'applied',
    committed: isMet ? 'applied' : 'moved',
    kept: isMet ? 'applied' : 'moved',
    undoing: isBack ? 'undone' : 'applied',
    undone: 'undone',
  };
  return meanings[phase] ?? 'moved';
}
