import type { ActionContext, ActionState, StepResult } from '../action.ts';
import type { ServiceAction } from './service-action.ts';
import { actionKey } from '../node-state/action-key.ts';
import { runUnitScript } from './run-unit-script.ts';
import reloadScript from './reload.sh?raw';
import { serviceRefusal } from './service-refusal.ts';
import undoReloadScript from './undo-reload.sh?raw';
import type { UnitState } from './unit-state.ts';

/**
 * `systemctl reload`: the unit's process stays, and reads again what it can. What it made of it is for a check to see.
 */
export async function reload(spec: ServiceAction, context: ActionContext): Promise<StepResult> {
  const reply = await runUnitScript(context.connection, {
    script: reloadScript,
    args: place(spec, context),
  });
  if (reply.outcome === 'refused') return serviceRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'reloaded before' }
    : { outcome: 'done', detail: `reloaded ${spec.unit}` };
}

export async function undoReload(spec: ServiceAction, context: ActionContext): Promise<StepResult> {
  const reply = await runUnitScript(context.connection, {
    script: undoReloadScript,
    args: place(spec, context),
  });
  if (reply.outcome === 'refused') return serviceRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'nothing of the run was in force' }
    : { outcome: 'done', detail: `reloaded ${spec.unit}` };
}

/**
 * How far a run got. Nothing of the unit tells whether it was reloaded, and once more does no harm: what was not
 * finished is done again.
 */
export function reloadState(phase: string, unitNow: UnitState): ActionState {
  const isUp = unitNow.active === 'active';
  const meanings: Readonly<Record<string, ActionState>> = {
    none: 'untouched',
    staged: 'staged',
    committing: 'staged',
    committed: isUp ? 'applied' : 'moved',
    kept: isUp ? 'applied' : 'moved',
    undoing: 'applied',
    undone: 'undone',
  };
  return meanings[phase] ?? 'moved';
}

function place(spec: ServiceAction, context: ActionContext): readonly string[] {
  return [context.run, context.session, actionKey(spec.id, spec.unit), spec.unit];
}
