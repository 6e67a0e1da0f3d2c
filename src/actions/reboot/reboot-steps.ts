import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext, ActionStep, StepResult } from '../action.ts';
import { writeRecord } from '../node-state/record.ts';
import { rejected } from '../node-state/refusal.ts';
import type { Reply } from '../node-state/reply.ts';
import { awaitBoot, type AwaitedBoot } from './await-boot.ts';
import {
  argumentWords,
  observedBoot,
  lookAtBoot,
  namePatterns,
  opposite,
  place,
  runBootScript,
  unmet,
  type ObservedBoot,
} from './observed-boot.ts';
import type { KernelArgument, RebootAction } from './reboot-action.ts';
import { rebootRefusal } from './reboot-refusal.ts';
import recordScript from './record.sh?raw';
import requestScript from './request.sh?raw';
import settleScript from './settle.sh?raw';
import undoScript from './undo.sh?raw';

/** The steps of one attempt: `record`, `reboot`, `return`, `verify`. */
export function applySteps(spec: RebootAction): readonly ActionStep[] {
  return [
    { name: 'record', perform: (context) => record(spec, context) },
    { name: 'reboot', commits: true, downtime: 'begins', perform: (context) => request(spec, context) },
    { name: 'return', downtime: 'ends', perform: (context) => comeBack(spec, context) },
    ...verifySteps(spec),
  ];
}

export function verifySteps(spec: RebootAction): readonly ActionStep[] {
  return [{ name: 'verify', perform: (context) => verify(spec, context) }];
}

export function undoSteps(spec: RebootAction): readonly ActionStep[] {
  return [{ name: 'undo', perform: (context) => undo(spec, context) }];
}

async function record(spec: RebootAction, context: ActionContext): Promise<StepResult> {
  const content = writeRecord(context.run, context.record, spec);
  const reply = await runBootScript(context.connection, {
    script: recordScript,
    args: [...place(spec, context), String(content.length), ...namePatterns(spec)],
    input: content,
  });
  if (reply.outcome === 'refused') return rebootRefusal(reply, context);
  if (reply.outcome === 'already') return { outcome: 'already', detail: 'it was asked for before' };
  const seen = observedBoot(reply);
  if (seen.bootId === spec.bootId) return { outcome: 'done', detail: `in boot ${seen.bootId}` };
  const missing = unmet(spec.inForce, seen);
  if (missing.length > 0)
    return {
      outcome: 'done',
      detail: `in boot ${seen.bootId}, rebooted since the plan, and still without ${argumentWords(missing)}`,
    };
  await settle(spec, context, 'committed');
  return { outcome: 'already', detail: `rebooted since the plan, in boot ${seen.bootId}: not rebooted again` };
}

/** An answer that is lost tells nothing: the next step sees what became of it. */
async function request(spec: RebootAction, context: ActionContext): Promise<StepResult> {
  let reply: Reply;
  try {
    reply = await ask(spec, context);
  } catch (error) {
    if (!isNodemendError(error) || !error.retryable) throw error;
    return { outcome: 'done', detail: `its answer was lost: ${error.message}` };
  }
  if (reply.outcome === 'refused') return rebootRefusal(reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'it was told before, and is not told again' }
    : { outcome: 'done', detail: 'told to reboot' };
}

function ask(spec: RebootAction, context: ActionContext): Promise<Reply> {
  return runBootScript(context.connection, { script: requestScript, args: place(spec, context) });
}

async function comeBack(spec: RebootAction, context: ActionContext): Promise<StepResult> {
  const { connection, seen } = await awaitBoot(spec, context, 'before');
  if (seen.phase === 'committed' || seen.phase === 'kept')
    return { outcome: 'already', detail: `in boot ${seen.bootId}` };
  if (seen.bootId === seen.before) return notRebooted(seen, context);
  await settle(spec, { ...context, connection }, 'committed');
  return { outcome: 'done', detail: `in boot ${seen.bootId}` };
}

async function verify(spec: RebootAction, context: ActionContext): Promise<StepResult> {
  const reply = await lookAtBoot(context.connection, spec, context);
  if (reply.outcome === 'refused') return rebootRefusal(reply, context);
  const seen = observedBoot(reply);
  const missing = unmet(spec.inForce, seen);
  if (missing.length > 0) return notInForce(missing, context);
  const inForce = spec.inForce.length === 0 ? '' : `, in force: ${argumentWords(spec.inForce)}`;
  return { outcome: 'done', detail: `in boot ${seen.bootId}${inForce}` };
}

/** What a reboot is for is in force until the next one; without a purpose of that kind it leaves nothing behind. */
async function undo(spec: RebootAction, context: ActionContext): Promise<StepResult> {
  const asked = await runUndo(spec, context, 'ask');
  const isNeeded = asked.outcome === 'asked' && unmet(opposite(spec.inForce), observedBoot(asked)).length > 0;
  const reply = asked.outcome === 'asked' ? await runUndo(spec, context, isNeeded ? 'yes' : 'no') : asked;
  if (reply.outcome === 'refused') return rebootRefusal(reply, context);
  if (reply.outcome === 'already')
    return {
      outcome: 'already',
      detail: spec.inForce.length === 0 ? 'a reboot leaves nothing to undo' : 'nothing of the run was in force',
    };
  const back = await awaitBoot(spec, context, 'beforeUndo');
  return undone(spec, context, back);
}

function notRebooted({ notRebooted: words }: ObservedBoot, { connection: { node } }: ActionContext): StepResult {
  return rejected('REBOOT_REFUSED', { node, words });
}

/** Those that are there and should not be, or those that lack: whichever comes first. */
function notInForce(missing: readonly KernelArgument[], { connection: { node } }: ActionContext): StepResult {
  const isWanted = missing[0]?.present;
  const same = missing.filter(({ present }) => present === isWanted).map(({ argument }) => argument);
  const context = isWanted === false ? { context: 'left' } : {};
  return rejected('KERNEL_ARGUMENT_NOT_IN_FORCE', { node, arguments: same.join(' '), ...context });
}

function runUndo(spec: RebootAction, context: ActionContext, needed: 'ask' | 'yes' | 'no'): Promise<Reply> {
  return runBootScript(context.connection, {
    script: undoScript,
    args: [...place(spec, context), needed, ...namePatterns(spec)],
  });
}

async function undone(
  spec: RebootAction,
  context: ActionContext,
  { connection, seen }: AwaitedBoot,
): Promise<StepResult> {
  if (seen.bootId === seen.beforeUndo) return notRebooted(seen, context);
  const wanted = opposite(spec.inForce);
  const missing = unmet(wanted, seen);
  if (missing.length > 0) return notInForce(missing, context);
  await settle(spec, { ...context, connection }, 'undone');
  return { outcome: 'done', detail: `in boot ${seen.bootId}, ${argumentWords(wanted)}` };
}

/** @throws NodemendError what `runNodeScript` throws */
async function settle(spec: RebootAction, context: ActionContext, phase: 'committed' | 'undone'): Promise<void> {
  await runBootScript(context.connection, { script: settleScript, args: [...place(spec, context), phase] });
}
