import type { ActionContext, ActionStep, StepResult } from '../action.ts';
import type { ServiceAction } from './service-action.ts';
import { actionKey } from '../node-state/action-key.ts';
import { writeRecord } from '../node-state/record.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import { runUnitScript } from './run-unit-script.ts';
import { runChecks } from '../run-checks.ts';
import { atOnce, enable, reload, undoEnable, undoReload, undoStart } from './at-once-steps.ts';
import { awaitRestart } from './await-restart.ts';
import prepareScript from './prepare.sh?raw';
import restartScript from './restart.sh?raw';
import { rejected } from '../node-state/refusal.ts';
import { serviceRefusal } from './service-refusal.ts';
import settleScript from './settle.sh?raw';
import undoScript from './undo.sh?raw';

/** The steps of one attempt: `prepare`, what is asked of systemd, `verify`. */
export function applySteps(spec: ServiceAction): readonly ActionStep[] {
  return [
    { name: 'prepare', perform: (context) => prepare(spec, context) },
    {
      name: spec.operation,
      commits: true,
      perform: (context) => operations[spec.operation].apply(spec, context),
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
      perform: (context) => operations[spec.operation].undo(spec, context),
    },
  ];
}

type Perform = (spec: ServiceAction, context: ActionContext) => Promise<StepResult>;

interface Operation {
  readonly apply: Perform;
  readonly undo: Perform;
  /** Of a unit that it was done to. */
  readonly past: string;
}

const operations: Readonly<Record<ServiceAction['operation'], Operation>> = {
  restart: { apply: restart, undo, past: 'restarted' },
  reload: { apply: atOnce.bind(undefined, reload), undo: atOnce.bind(undefined, undoReload), past: 'reloaded' },
  start: { apply: restart, undo: atOnce.bind(undefined, undoStart), past: 'started' },
  enable: { apply: atOnce.bind(undefined, enable), undo: atOnce.bind(undefined, undoEnable), past: 'enabled' },
};

async function prepare(spec: ServiceAction, context: ActionContext): Promise<StepResult> {
  const record = writeRecord(context.run, context.record, spec);
  const reply = await runUnitScript(context.connection, {
    script: prepareScript,
    args: [...place(spec, context), spec.fragment, spec.operation, String(record.length)],
    input: record,
  });
  if (reply.outcome === 'refused') return serviceRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: `${operations[spec.operation].past} before` }
    : { outcome: 'done', detail: `${spec.unit} is as planned` };
}

async function restart(spec: ServiceAction, context: ActionContext): Promise<StepResult> {
  const reply = await runUnitScript(context.connection, {
    script: restartScript,
    args: [...place(spec, context), reloads(spec), spec.operation],
  });
  const { past } = operations[spec.operation];
  if (reply.outcome === 'already') return { outcome: 'already', detail: `${past} before` };
  return settle(spec, context, { reply, phase: 'committed', past });
}

async function undo(spec: ServiceAction, context: ActionContext): Promise<StepResult> {
  const reply = await runUnitScript(context.connection, {
    script: undoScript,
    args: [...place(spec, context), reloads(spec)],
  });
  if (reply.outcome === 'already') return { outcome: 'already', detail: 'nothing of the run was in force' };
  return settle(spec, context, { reply, phase: 'undone', past: 'restarted' });
}

interface Settling {
  readonly reply: Reply;
  readonly phase: 'committed' | 'undone';
  readonly past: string;
}

/** Waits for what a script asked for, and writes down that it is over. */
async function settle(
  spec: ServiceAction,
  context: ActionContext,
  { reply, phase, past }: Settling,
): Promise<StepResult> {
  if (reply.outcome === 'refused') return serviceRefusal(spec, reply, context);
  const restart = await awaitRestart(context, { unit: spec.unit, before: valueOf(reply, 'before') });
  if (!restart.up) return rejected('UNIT_NOT_UP', { node: context.connection.node, unit: spec.unit, ...restart.why });
  const [run, session, key] = place(spec, context);
  const settled = await runUnitScript(context.connection, { script: settleScript, args: [run, session, key, phase] });
  if (settled.outcome === 'refused') return serviceRefusal(spec, settled, context);
  return { outcome: 'done', detail: `${past} ${spec.unit}: ${restart.state}` };
}

function place(spec: ServiceAction, context: ActionContext): readonly [string, string, string, string] {
  return [context.run, context.session, actionKey(spec.id, spec.unit), spec.unit];
}

function reloads({ daemonReload }: ServiceAction): string {
  return daemonReload ? 'yes' : 'no';
}
