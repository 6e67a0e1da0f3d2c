import type { ActionContext, ActionStep, StepResult } from '../action.ts';
import { actionKey } from '../node-state/action-key.ts';
import { writeRecord } from '../node-state/record.ts';
import { commonRefusal, refused, rejected } from '../node-state/refusal.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import { runNodeScript, type NodeScriptCall } from '../node-state/run-node-script.ts';
import containerd from './containerd.sh?raw';
import { runtimeFailures } from './runtime-failure.ts';
import type { ImagePinAction } from './image-pin-action.ts';
import { notInForce, pinnedValue, recordsIn } from './image-pin-state.ts';
import labelScript from './label.sh?raw';
import lookScript from './look.sh?raw';
import prepareScript from './prepare.sh?raw';
import undoScript from './undo.sh?raw';

type Refused = Extract<StepResult, { outcome: 'refused' }>;

/** The steps of one attempt: `prepare`, `pin` or `unpin`, `verify`. */
export function applySteps(spec: ImagePinAction): readonly ActionStep[] {
  return [
    { name: 'prepare', perform: (context) => prepare(spec, context) },
    { name: spec.operation, commits: true, perform: (context) => label(spec, context) },
    ...verifySteps(spec),
  ];
}

export function verifySteps(spec: ImagePinAction): readonly ActionStep[] {
  return [{ name: 'verify', perform: (context) => verify(spec, context) }];
}

export function undoSteps(spec: ImagePinAction): readonly ActionStep[] {
  return [{ name: 'undo', perform: (context) => undo(spec, context) }];
}

/** Asks containerd how the records are, and the node how far the run got. */
export function look(spec: ImagePinAction, context: ActionContext): Promise<Reply> {
  const args = [context.run, actionKey(spec.id, spec.image), spec.socket, ...recordArgs(spec)];
  return runPinScript(context, { script: lookScript, args });
}

/** Why a node's records were left alone. */
export function imagePinRefusal({ image, problem }: ImagePinAction, reply: Reply, context: ActionContext): Refused {
  const { node } = context.connection;
  const words = valueOf(reply, 'words');
  switch (valueOf(reply, 'reason')) {
    case 'run-undone':
      return refused('RUN_UNDONE_ON_NODE', { node, run: context.run });
    case 'client-missing':
      return refused('RUNTIME_CLIENT_MISSING', { node, client: words });
    case 'runtime-away':
      return refused('RUNTIME_AWAY', { node, socket: words });
    default:
      return commonRefusal(node, reply) ?? refused('IMAGE_CHANGED_SINCE_PLAN', { node, image, problem, found: words });
  }
}

async function prepare(spec: ImagePinAction, context: ActionContext): Promise<StepResult> {
  const record = writeRecord(context.run, context.record, spec);
  const reply = await runPinScript(context, {
    script: prepareScript,
    args: [...place(spec, context), String(record.length), ...recordArgs(spec)],
    input: record,
  });
  if (reply.outcome === 'refused') return imagePinRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'it was prepared before' }
    : { outcome: 'done', detail: `${spec.records.length} records as planned` };
}

async function label(spec: ImagePinAction, context: ActionContext): Promise<StepResult> {
  const reply = await runPinScript(context, {
    script: labelScript,
    args: [...place(spec, context), pinnedValue(spec), ...recordArgs(spec)],
  });
  if (reply.outcome === 'refused') return imagePinRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'it had been labelled' }
    : { outcome: 'done', detail: `labelled ${spec.records.length} records of ${spec.image}` };
}

async function verify(spec: ImagePinAction, context: ActionContext): Promise<StepResult> {
  const reply = await look(spec, context);
  if (reply.outcome === 'refused') return imagePinRefusal(spec, reply, context);
  const astray = notInForce(spec, recordsIn(reply));
  const [first] = astray;
  if (first === undefined) return { outcome: 'done', detail: `all ${spec.records.length} records say so` };
  const same = astray.filter(({ is }) => is === first.is);
  return rejected('IMAGE_NOT_IN_FORCE', {
    node: context.connection.node,
    image: same.map(({ name }) => name).join(', '),
    context: first.is,
    found: first.found,
  });
}

async function undo(spec: ImagePinAction, context: ActionContext): Promise<StepResult> {
  const reply = await runPinScript(context, {
    script: undoScript,
    args: [...place(spec, context), ...recordArgs(spec)],
  });
  if (reply.outcome === 'refused') return imagePinRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'nothing of the run was in force' }
    : { outcome: 'done', detail: `put the labels of ${spec.image} back` };
}

/** @throws NodemendError RUNTIME_CLIENT_FAILED and RUNTIME_SILENT in ctr's words; what `runNodeScript` throws */
function runPinScript(context: ActionContext, call: Omit<NodeScriptCall, 'failures'>): Promise<Reply> {
  return runNodeScript(context.connection, {
    ...call,
    script: `${containerd}\n${call.script}`,
    failures: runtimeFailures,
  });
}

function place(spec: ImagePinAction, context: ActionContext): readonly string[] {
  return [context.run, context.session, actionKey(spec.id, spec.image), spec.socket];
}

function recordArgs({ records }: ImagePinAction): readonly string[] {
  return records.flatMap(({ name, digest, pinned, run }) => [name, digest, pinned, run]);
}
