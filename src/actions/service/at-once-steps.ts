import type { ActionContext, StepResult } from '../action.ts';
import type { ServiceAction } from './service-action.ts';
import { actionKey } from '../node-state/action-key.ts';
import enableScript from './enable.sh?raw';
import { runUnitScript } from './run-unit-script.ts';
import reloadScript from './reload.sh?raw';
import { serviceRefusal } from './service-refusal.ts';
import undoEnableScript from './undo-enable.sh?raw';
import undoReloadScript from './undo-reload.sh?raw';
import undoStartScript from './undo-start.sh?raw';

interface AtOnce {
  readonly script: string;
  /** What it has done to the unit. */
  readonly done: string;
  /** Where there was nothing to do. */
  readonly already: string;
}

/** What is done when systemctl returns. What a reload made of its files is for a check to see. */
export const reload: AtOnce = { script: reloadScript, done: 'reloaded', already: 'reloaded before' };
export const enable: AtOnce = { script: enableScript, done: 'enabled', already: 'enabled before' };

const already = 'nothing of the run was in force';
export const undoReload: AtOnce = { script: undoReloadScript, done: 'reloaded', already };
export const undoEnable: AtOnce = { script: undoEnableScript, done: 'disabled', already };
export const undoStart: AtOnce = { script: undoStartScript, done: 'stopped', already };

/** A unit that does not stop is killed after 90 seconds (`DefaultTimeoutStopSec`), and kubelet's or a database's later. */
const timeoutMs = 300_000;

/** @throws NodemendError RESTART_COMMAND_FAILED in systemctl's words */
export async function atOnce(
  { script, done, already: before }: AtOnce,
  spec: ServiceAction,
  context: ActionContext,
): Promise<StepResult> {
  const { connection, run, session } = context;
  const args = [run, session, actionKey(spec.id, spec.unit), spec.unit, spec.daemonReload ? 'yes' : 'no'];
  const reply = await runUnitScript(connection, { script, args, timeoutMs });
  if (reply.outcome === 'refused') return serviceRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: before }
    : { outcome: 'done', detail: `${done} ${spec.unit}` };
}
