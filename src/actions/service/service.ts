import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext, ActionKind, ActionState } from '../action.ts';
import type { ServiceAction } from './service-action.ts';
import { actionKey } from '../node-state/action-key.ts';
import { noContents, storedWhole } from '../no-contents.ts';
import { valueOf } from '../node-state/reply.ts';
import { runUnitScript } from './run-unit-script.ts';
import inspectScript from './inspect.sh?raw';
import { serviceRefusal } from './service-refusal.ts';
import { serviceActionSchema } from './service-schema.ts';
import { serviceState } from './service-state.ts';
import { applySteps, undoSteps, verifySteps } from './service-steps.ts';
import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };
import { unitState } from './unit-state.ts';

/**
 * Restarts one systemd unit, or starts it, and waits until it runs steadily; or reloads it, or enables it. Undo restarts
 * and reloads once more, with the old files in place; it stops what was started, and takes away what enabled it.
 */
export const serviceKind: ActionKind<ServiceAction, ServiceAction> = {
  kind: 'service',
  on: 'node',
  schema: serviceActionSchema,
  stored: storedWhole(serviceActionSchema),
  contents: noContents(),
  preview,
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect,
  subject: (spec) => spec.unit,
  checks: (spec) => spec.verify,
  // What runs, and what is to run at boot, are two things.
  conflictKeys: ({ unit: name, operation }) => [operation === 'enable' ? `enablement:${name}` : `unit:${name}`],
  carriedOut: ({ operation, unit: name, fragment, daemonReload, verify }) => [
    operation,
    name,
    fragment,
    daemonReload,
    verify,
  ],
  units: ({ operation, unit: name }) => (operation === 'enable' ? [] : [name]),
  steps: { recording: ['prepare'], committing: ['restart', 'reload', 'start', 'enable'] },
  texts: { en, ko },
  words: ({ operation }) => ({ change: operation, undo: operation }),
  // What was started is stopped, which whoever uses it by then will notice.
  undoDisrupts: ({ operation, disrupts }) => (operation === 'start' ? 'restart' : disrupts),
  undoneLast: true,
};

/** The commands, as they are run. */
function preview({ unit: name, daemonReload, operation }: ServiceAction): string {
  return [...(daemonReload ? ['systemctl daemon-reload'] : []), `systemctl ${operation} ${name}`].join('\n');
}

/** @throws NodemendError also for a refusal: how far a run got cannot be said then. */
async function inspect(spec: ServiceAction, context: ActionContext): Promise<ActionState> {
  const args = [context.run, actionKey(spec.id, spec.unit), spec.unit];
  const reply = await runUnitScript(context.connection, { script: inspectScript, args });
  if (reply.outcome === 'refused') {
    const { code, params } = serviceRefusal(spec, reply, context);
    throw new NodemendError(code, params);
  }
  return serviceState(spec.operation, {
    phase: valueOf(reply, 'phase'),
    unit: unitState(reply),
    before: valueOf(reply, 'before'),
    beforeUndo: valueOf(reply, 'before-undo'),
  });
}
