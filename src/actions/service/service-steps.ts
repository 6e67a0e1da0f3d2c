import type { ActionContext, ActionStep, StepResult } from '../action.ts';
import type { ServiceAction } from './service-action.ts';
import { actionKey } from '../node-state/action-key.ts';
import { writeRecord } from '../node-state/record.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import { runUnitScript } from './run-unit-script.ts';
import { runChecks } from '../run-checks.ts';
import { awaitRestart } from './await-restart.ts';
import prepareScript from './prepare.sh?raw';
import { reload, undoReload } from './reload-steps.ts';
import restartScript from './restart.sh?raw';
import { serviceRefusal } from './service-refusal.ts';
import settleScript from './settle.sh?raw';
import undoScript from './undo.sh?raw';

/** The steps of one attempt: `prepare`, `restart` or `reload`, `verify`. */
export function applySteps(spec: ServiceAction): readonly ActionStep[] {
  return [
    { name: 'prepare', perform: (context) => prepare(spec, context) },
    {
      name: spec.operation,
      commits: true,
      perform: (context) => (spec.operation === 'reload' ? reload(spec, context) : restart(spec, context)),
    },
    ...verifySteps(spec),
  ];
}

export function verifySteps(spec: ServiceAction): readonly ActionStep[] {
  return [{ name: 'verify', perform: (context) => runChecks(context, { checks: spec.verify, leading: [] }) }];
}

export function undoSteps(spec: ServiceAction): readonly ActionStep[] {
  return [
    {
      name: 'undo',
      perform: (context) => (spec.operation === 'reload' ? undoReload(spec, context) : undo(spec, context)),
    },
  ];
}

async function prepare(spec: ServiceAction, context: ActionContext): Promise<StepResult> {
  const record = writeRecord(context.run, context.record, spec);
  const reply = await runUnitScript(context.connection, {
    script: prepareScript,
    args: [...place(spec, context), spec.fragment, String(record.length)],
    input: record,
  });
  if (reply.outcome === 'refused') return serviceRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: `${spec.operation}ed before` }
    : { outcome: 'done', detail: `${spec.unit} is running` };
}

async function restart(spec: ServiceAction, context: ActionContext): Promise<StepResult> {
  const reply = await runUnitScript(context.connection, {
    script: restartScript,
    args: [...place(spec, context), reloads(spec)],
  });
  if (reply.outcome === 'already') return { outcome: 'already', detail: 'restarted before' };
  return settle(spec, context, { reply, phase: 'committed' });
}

async function undo(spec: ServiceAction, context: ActionContext): Promise<StepResult> {
  const reply = await runUnitScript(context.connection, {
    script: undoScript,
    args: [...place(spec, context), reloads(spec)],
  });
  if (reply.outcome === 'already') return { outcome: 'already', detail: 'nothing of the run was in force' };
  return settle(spec, context, { reply, phase: 'undone' });
}

interface Settling {
  readonly reply: Reply;
  readonly phase: 'committed' | 'undone';
}

/** Waits for the restart that a script asked for, and writes down that it is over. */
async function settle(spec: ServiceAction, context: ActionContext, { reply, phase }: Settling): Promise<StepResult> {
  if (reply.outcome === 'refused') return serviceRefusal(spec, reply, context);
  const { up, words } = await awaitRestart(context, { unit: spec.unit, before: valueOf(reply, 'before') });
  if (!up) return { outcome: 'rejected', detail: `${spec.unit} did not come up: ${words}` };
  const [run, session, key] = place(spec, context);
  const settled = await runUnitScript(context.connection, { script: settleScript, args: [run, session, key, phase] });
  if (settled.outcome === 'refused') return serviceRefusal(spec, settled, context);
  return { outcome: 'done', detail: `restarted ${spec.unit}: ${words}` };
}

function place(spec: ServiceAction, context: ActionContext): readonly [string, string, string, string] {
  return [context.run, context.session, actionKey(spec.id, spec.unit), spec.unit];
}

function reloads({ daemonReload }: ServiceAction): string {
  return daemonReload ? 'yes' : 'no';
}
