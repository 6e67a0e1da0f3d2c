import { sha256 } from '../../hash/sha256.ts';
import { editOfDefaults } from '../../grub/argument-edit.ts';
import { parseBootArgument } from '../../grub/boot-argument.ts';
import { isInForce } from '../../grub/in-force.ts';
import bootState from '../../grub/boot-state.sh?raw';
import type { BootState } from '../../grub/boot-state.ts';
import generateConfig from '../../grub/generate-config.sh?raw';
import type { ActionContext, ActionStep, StepResult } from '../action.ts';
import attributes from '../file/attributes.sh?raw';
import exchange from '../file/exchange.sh?raw';
import foldersScript from '../file/folders.sh?raw';
import { folders, placeArgs } from '../file/place-args.ts';
import place from '../file/place.sh?raw';
import { actionKey } from '../node-state/action-key.ts';
import { writeRecord } from '../node-state/record.ts';
import { rejected } from '../node-state/refusal.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import { runNodeScript } from '../node-state/run-node-script.ts';
import type { BootArgumentAction, StoredBootArgumentAction } from './boot-argument-action.ts';
import { bootArgumentRefusal, editRefused } from './boot-argument-refusal.ts';
import { storedBootArgument } from './boot-argument-stored.ts';
import generateScript from './generate.sh?raw';
import generated from './generated.sh?raw';
import { judgeGenerated, stateIn, type Judgement } from './generated-state.ts';
import installScript from './install.sh?raw';
import lookScript from './look.sh?raw';
import stageScript from './stage.sh?raw';
import undoScript from './undo.sh?raw';

/** grub-mkconfig looks for other systems on every disk; a node in trouble takes its time. */
const generatingMs = 10 * 60_000;
const maxOutputBytes = 1024 * 1024;

/** The steps of one attempt: `stage`, `generate`, `verify`. */
export function applySteps(spec: BootArgumentAction): readonly ActionStep[] {
  return [
    { name: 'stage', perform: (context) => stage(spec, context) },
    { name: 'generate', commits: true, perform: (context) => generate(spec, context) },
    ...verifySteps(spec),
  ];
}

export function verifySteps(spec: StoredBootArgumentAction): readonly ActionStep[] {
  return [{ name: 'verify', perform: (context) => verify(spec, context) }];
}

export function undoSteps(spec: StoredBootArgumentAction): readonly ActionStep[] {
  return [{ name: 'undo', perform: async (context) => untilReboot(spec, context, await undo(spec, context)) }];
}

/** Asks the node how far the run got, and what is booted. */
export function look(spec: StoredBootArgumentAction, context: ActionContext): Promise<Reply> {
  return runNodeScript(context.connection, {
    script: `${place}\n${bootState}\n${generateConfig}\n${generated}\n${lookScript}`,
    args: [context.run, actionKey(spec.id, spec.path), spec.path, folders(spec)],
    maxOutputBytes,
  });
}

async function stage(spec: BootArgumentAction, context: ActionContext): Promise<StepResult> {
  const record = writeRecord(context.run, context.record, storedBootArgument.of(spec));
  const content = Buffer.from(spec.to.content, 'utf8');
  const reply = await runNodeScript(context.connection, {
    script: `${place}\n${attributes}\n${foldersScript}\n${exchange}\n${bootState}\n${generateConfig}\n${generated}\n${stageScript}`,
    args: [
      ...places(spec, context),
      String(record.length),
      String(content.length),
      spec.sources.before,
      spec.config.sha256,
    ],
    input: Buffer.concat([record, content]),
  });
  if (reply.outcome === 'refused') return bootArgumentRefusal(spec, reply, context, false);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'it was prepared before' }
    : { outcome: 'done', detail: `staged ${content.length} bytes` };
}

/** What refuses behind the first change is a rejection: the node is restored. */
async function generate(spec: BootArgumentAction, context: ActionContext): Promise<StepResult> {
  const reply = await runNodeScript(context.connection, {
    script: `${place}\n${attributes}\n${foldersScript}\n${exchange}\n${bootState}\n${generateConfig}\n${generated}\n${generateScript}`,
    args: [...places(spec, context), spec.sources.after, spec.inEntries.after],
    timeoutMs: generatingMs,
    maxOutputBytes,
  });
  if (reply.outcome === 'refused') return generationRefused(spec, reply, context);
  if (reply.outcome === 'already') return { outcome: 'already', detail: 'it had been written' };
  const judged = judge(spec, reply, 'given');
  if (!judged.ok) return wrong(spec, judged, context);
  await install(spec, context, { reply, phase: 'committed' });
  return { outcome: 'done', detail: `${judged.saw}, by ${spec.generator}` };
}

function generationRefused(spec: StoredBootArgumentAction, reply: Reply, context: ActionContext): StepResult {
  if (valueOf(reply, 'reason') === 'generation') return notGenerated(spec, reply, context);
  const { code, params } = bootArgumentRefusal(spec, reply, context, false);
  return rejected(code, params);
}

function notGenerated(
  spec: StoredBootArgumentAction,
  reply: Reply,
  { connection: { node } }: ActionContext,
): StepResult {
  return rejected('BOOT_CONFIG_NOT_MADE', { node, config: spec.config.path, words: valueOf(reply, 'words') });
}

function wrong(
  { argument, config }: StoredBootArgumentAction,
  { context, found }: Extract<Judgement, { ok: false }>,
  { connection: { node } }: ActionContext,
): StepResult {
  return rejected('BOOT_CONFIG_WRONG', { node, config: config.path, argument, context, found });
}

function judge(spec: StoredBootArgumentAction, reply: Reply, wanted: 'given' | 'taken-back'): Judgement {
  const state = stateIn(reply);
  if (state === undefined) return { ok: false, context: 'unread', found: '' };
  const kernels = reply.entries.flatMap((entry) => (entry.name === 'kernel' && 'value' in entry ? [entry.value] : []));
  return judgeGenerated({ state, config: spec.config.path, kernels }, spec.argument, wanted);
}

interface Installation {
  readonly reply: Reply;
  readonly phase: 'committed' | 'undone';
}

async function install(
  spec: StoredBootArgumentAction,
  context: ActionContext,
  { reply, phase }: Installation,
): Promise<void> {
  await runNodeScript(context.connection, {
    script: `${place}\n${bootState}\n${generateConfig}\n${generated}\n${installScript}`,
    args: [
      context.run,
      context.session,
      actionKey(spec.id, spec.path),
      spec.generator,
      spec.config.path,
      valueOf(reply, 'generated'),
      phase,
    ],
  });
}

/** Written is one thing, in force another: only a boot gives a kernel its arguments. */
async function verify(spec: StoredBootArgumentAction, context: ActionContext): Promise<StepResult> {
  const reply = await look(spec, context);
  if (reply.outcome === 'refused') return bootArgumentRefusal(spec, reply, context, true);
  const judged = judge(spec, reply, 'given');
  const state = stateIn(reply);
  if (!judged.ok) return wrong(spec, judged, context);
  return {
    outcome: 'done',
    detail:
      state !== undefined && isInForce(state.inForce, spec.argument)
        ? `in force: ${judged.saw}`
        : `written, not yet in force: needs a reboot (${judged.saw})`,
  };
}

async function undo(spec: StoredBootArgumentAction, context: ActionContext): Promise<StepResult> {
  const first = await undoWith(spec, context, { how: 'restore' });
  const reply = isEdited(first) ? await undoEdited(spec, context, first) : first;
  if (!('entries' in reply)) return reply;
  if (reply.outcome === 'refused')
    return valueOf(reply, 'reason') === 'generation'
      ? notGenerated(spec, reply, context)
      : bootArgumentRefusal(spec, reply, context, true);
  if (reply.outcome === 'already') return { outcome: 'already', detail: 'nothing of the run was in force' };
  if (reply.outcome !== 'generated')
    return { outcome: 'done', detail: `restored ${spec.path} and ${spec.config.path}` };
  const judged = judge(spec, reply, 'taken-back');
  if (!judged.ok) return wrong(spec, judged, context);
  await install(spec, context, { reply, phase: 'undone' });
  return { outcome: 'done', detail: `made ${spec.config.path} anew without it: ${judged.saw}` };
}

/** What no entry gives any more, and the running kernel was started with, it keeps: a crash may have booted it so. */
async function untilReboot(
  spec: StoredBootArgumentAction,
  context: ActionContext,
  result: StepResult,
): Promise<StepResult> {
  if (result.outcome !== 'done' && result.outcome !== 'already') return result;
  const reply = await look(spec, context);
  const state = stateIn(reply);
  if (reply.outcome === 'refused' || state === undefined || valueOf(reply, 'phase') !== 'undone') return result;
  if (!isInForce(state.inForce, spec.argument) || judge(spec, reply, 'given').ok) return result;
  const { node } = context.connection;
  return { ...result, untilReboot: { code: 'ARGUMENT_UNTIL_REBOOT', params: { node, argument: spec.argument } } };
}

function isEdited(reply: Reply): boolean {
  return reply.outcome === 'refused' && valueOf(reply, 'reason') === 'changed';
}

/** Somebody edited the defaults since: the argument alone is taken out of them, if it can be told where it stands. */
async function undoEdited(
  spec: StoredBootArgumentAction,
  context: ActionContext,
  reply: Reply,
): Promise<Reply | StepResult> {
  const state = stateIn(reply);
  const argument = parseBootArgument(spec.argument);
  if (state === undefined || argument === undefined) return bootArgumentRefusal(spec, reply, context, true);
  const edit = editOfDefaults(state, { operation: 'remove', argument });
  if ('refusal' in edit) return editRefused(spec, context, edit);
  // In another file it is not the run's.
  if (edit.after === undefined || edit.path !== spec.path) return undoWith(spec, context, { how: 'leave' });
  return undoWith(spec, context, { how: 'edit', state, text: edit.after, from: valueOf(reply, 'state') });
}

type UndoHow =
  | { readonly how: 'restore' | 'leave' }
  | { readonly how: 'edit'; readonly state: BootState; readonly text: string; readonly from: string };

function undoWith(spec: StoredBootArgumentAction, context: ActionContext, how: UndoHow): Promise<Reply> {
  const content = how.how === 'edit' ? Buffer.from(how.text, 'latin1') : undefined;
  const [, , ...owner] = how.how === 'edit' ? how.from.split(' ') : [];
  return runNodeScript(context.connection, {
    script: `${place}\n${attributes}\n${foldersScript}\n${exchange}\n${bootState}\n${generateConfig}\n${generated}\n${undoScript}`,
    args: [
      ...places(spec, context),
      spec.inEntries.before ?? '',
      spec.inEntries.after,
      how.how,
      how.how === 'edit' ? how.from : '',
      content ? `file ${sha256(content)} ${owner.join(' ')}` : '',
    ],
    ...(content ? { input: content } : {}),
    timeoutMs: generatingMs,
    maxOutputBytes,
  });
}

/** The first arguments of the scripts that change something. */
function places(spec: StoredBootArgumentAction, context: ActionContext): readonly string[] {
  return [...placeArgs(spec, context), spec.generator, spec.config.path];
}
