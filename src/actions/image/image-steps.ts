import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext, ActionStep, Kept, StepResult } from '../action.ts';
import { writeRecord } from '../node-state/record.ts';
import { rejected } from '../node-state/refusal.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import { incomingSteps } from './incoming.ts';
import type { ImageAction } from './image-action.ts';
import { imageRefusal } from './image-refusal.ts';
import { fault, nameIn, type NameFault } from './image-state.ts';
import lookScript from './look.sh?raw';
import nameScript from './name.sh?raw';
import pauseScript from './pause.sh?raw';
import prepareScript from './prepare.sh?raw';
import { imageArguments, runImageScript } from './run-image-script.ts';
import undoScript from './undo.sh?raw';

/** The steps of one attempt: `prepare`; `fetch` or `receive` for what has to come; `name`, `verify`. */
export function applySteps(spec: ImageAction): readonly ActionStep[] {
  return [
    { name: 'prepare', perform: (context) => prepare(spec, context) },
    ...incomingSteps(spec),
    { name: 'name', commits: true, perform: (context) => name(spec, context) },
    // Each way in has read by now what it found or brought.
    { name: 'verify', perform: (context) => verify(spec, context, 'listed') },
  ];
}

export function verifySteps(spec: ImageAction): readonly ActionStep[] {
  return [{ name: 'verify', perform: (context) => verify(spec, context, 'read') }];
}

export function undoSteps(spec: ImageAction): readonly ActionStep[] {
  return [{ name: 'undo', perform: (context) => undo(spec, context) }];
}

export function pauseSteps(spec: ImageAction): readonly ActionStep[] {
  return [{ name: 'pause', perform: (context) => pause(spec, context) }];
}

/** Whether the content is what the runtime lists, or is read through. */
type Depth = 'listed' | 'read';

/** Asks the runtime what the name stands for, and the node how far the run got. */
export function look(spec: ImageAction, context: ActionContext, depth: Depth): Promise<Reply> {
  return runImageScript(spec, context, { script: lookScript, args: [...imageArguments(spec, context), depth] });
}

async function prepare(spec: ImageAction, context: ActionContext): Promise<StepResult> {
  const record = writeRecord(context.run, context.record, spec);
  const { path, needed, keepFree, inodes = { needed: 0, keepFree: 0 } } = spec.room;
  const room = [path, ...[needed, keepFree, inodes.needed, inodes.keepFree].map(String)];
  const reply = await runImageScript(spec, context, {
    script: prepareScript,
    args: [...imageArguments(spec, context), String(record.length), ...room],
    input: record,
  });
  if (reply.outcome === 'refused') return imageRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'it was prepared before' }
    : { outcome: 'done', detail: `${spec.image} is as planned; ${valueOf(reply, 'free')} bytes free` };
}

async function name(spec: ImageAction, context: ActionContext): Promise<StepResult> {
  const reply = await runImageScript(spec, context, { script: nameScript, args: imageArguments(spec, context) });
  if (reply.outcome === 'refused') return imageRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'it had its name' }
    : { outcome: 'done', detail: `${spec.image} stands for ${spec.digest}` };
}

/** containerd's CRI plugin marks each name that it has taken in. */
function notTakenIn(reply: Reply): NameFault | undefined {
  return valueOf(reply, 'cri') === 'waiting' ? { context: 'unseen', found: '' } : undefined;
}

async function verify(spec: ImageAction, context: ActionContext, depth: Depth): Promise<StepResult> {
  const reply = await look(spec, context, depth);
  if (reply.outcome === 'refused') return imageRefusal(spec, reply, context);
  const wrong = fault(spec, nameIn(reply)) ?? notTakenIn(reply);
  return wrong === undefined
    ? {
        outcome: 'done',
        detail: `${spec.image} is whole${valueOf(reply, 'cri') === 'managed' ? ', and kubelet is told of it' : ''}`,
      }
    : rejected('IMAGE_NOT_IN_FORCE', { node: context.connection.node, image: spec.image, ...wrong });
}

async function undo(spec: ImageAction, context: ActionContext): Promise<StepResult> {
  const reply = await runImageScript(spec, context, { script: undoScript, args: imageArguments(spec, context) });
  if (reply.outcome === 'refused') return imageRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'nothing of the run was in force' }
    : { outcome: 'done', detail: `removed ${spec.image}`, ...staying(spec, valueOf(reply, 'stays')) };
}

/** A name of CRI's that could not be put back to what it stood for. */
function staying({ node, image, digest }: ImageAction, stays: string): { readonly kept?: Kept } {
  if (stays === '') return {};
  const [id = '', before = ''] = stays.split(' ');
  const { code, params, message: detail } = new NodemendError('IMAGE_ID_STAYS', { node, image, id, digest, before });
  return { kept: { code, params, detail } };
}

async function pause(spec: ImageAction, context: ActionContext): Promise<StepResult> {
  const reply = await runImageScript(spec, context, { script: pauseScript, args: imageArguments(spec, context) });
  if (reply.outcome === 'refused') return imageRefusal(spec, reply, context);
  if (reply.outcome === 'already') return { outcome: 'already', detail: 'nothing had come' };
  const kept = valueOf(reply, 'kept');
  const { node, image, bytes } = spec;
  const keptBytes = kept === 'all' ? bytes : Number(kept);
  const told = new NodemendError('IMAGE_PART_KEPT', { node, image, keptBytes, bytes, run: context.run });
  const { code, params, message: detail } = told;
  return { outcome: 'done', detail, kept: { code, params, detail } };
}
