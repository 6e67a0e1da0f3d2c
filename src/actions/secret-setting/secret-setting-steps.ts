import { isNodemendError } from '../../errors/nodemend-error.ts';
import { sameSplice, spliced, switchOn } from '../../gcfg/switch.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext, ClusterActionStep, ObjectState } from '../cluster-action.ts';
import { refused, rejected } from '../node-state/refusal.ts';
import { objectWords } from '../object-words.ts';
import { fieldManager, runAnnotation } from '../ownership.ts';
import { metadataOf, objectPath, readObject } from '../read-object.ts';
import { encoded, fileBefore, fileOf, isOfRun, settingState } from './secret-file.ts';
import type { SecretSettingAction } from './secret-setting-action.ts';

/** The steps of one attempt: `prepare`, `write`, `verify`. */
export function applySteps(spec: SecretSettingAction): readonly ClusterActionStep[] {
  return [
    { name: 'prepare', perform: (context) => prepare(spec, context) },
    { name: 'write', commits: true, perform: (context) => write(spec, context) },
    ...verifySteps(spec),
  ];
}

export function verifySteps(spec: SecretSettingAction): readonly ClusterActionStep[] {
  return [{ name: 'verify', perform: (context) => verify(spec, context) }];
}

export function undoSteps(spec: SecretSettingAction): readonly ClusterActionStep[] {
  return [{ name: 'undo', perform: (context) => undo(spec, context) }];
}

export async function inspect(spec: SecretSettingAction, context: ClusterActionContext): Promise<ObjectState> {
  return settingState(spec, await readObject(spec.object, context), context.run);
}

async function prepare(spec: SecretSettingAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  return plannedContent(spec, now, context.run) === undefined
    ? changedSincePlan(spec)
    : { outcome: 'done', detail: 'it is as planned' };
}

async function write(spec: SecretSettingAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  const content = plannedContent(spec, now, context.run);
  if (now === undefined || content === undefined) return changedSincePlan(spec);
  return (await send(spec, { now, content, mark: context.run }, context))
    ? { outcome: 'done', detail: 'changed' }
    : changedSincePlan(spec);
}

/** The file with the setting; undefined where the Secret is not as planned, or would be edited otherwise. */
function plannedContent(spec: SecretSettingAction, now: JsonObject | undefined, run: string): string | undefined {
  if (now === undefined || settingState(spec, now, run) !== 'as-before') return undefined;
  const content = fileOf(now, spec.file);
  if (content === undefined || !sameSplice(switchOn(content, spec.setting), spec.splice)) return undefined;
  return spliced(content, spec.splice);
}

async function verify(spec: SecretSettingAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  return settingState(spec, now, context.run) === 'applied'
    ? { outcome: 'done', detail: `${spec.setting.name} is on` }
    : rejected('OBJECT_NOT_IN_FORCE', { object: objectWords(spec.object), run: context.run });
}

/** Takes away what was added, and nothing else; what somebody else wrote since is left alone. */
async function undo(spec: SecretSettingAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  if (now === undefined || metadataOf(now).uid !== spec.uid)
    return { outcome: 'already', detail: 'the object is gone' };
  if (!isOfRun(now, context.run)) return { outcome: 'already', detail: 'nothing of the run was in force' };
  const content = fileBefore(spec, now);
  if (content === undefined) return changedSinceRun(spec, context);
  return (await send(spec, { now, content, mark: spec.before ?? null }, context))
    ? { outcome: 'done', detail: 'restored' }
    : changedSinceRun(spec, context);
}

interface Writing {
  readonly now: JsonObject;
  readonly content: string;
  /** The run that it belongs to from now on. */
  readonly mark: string | null;
}

/** Names the version that was looked at: false when somebody was there in between, and nothing was changed. */
async function send(
  { object, file }: SecretSettingAction,
  { now, content, mark }: Writing,
  { api }: ClusterActionContext,
): Promise<boolean> {
  const { uid, resourceVersion } = metadataOf(now);
  const metadata = { uid, resourceVersion, annotations: { [runAnnotation]: mark } };
  try {
    await api.patch(
      objectPath(object),
      { metadata, data: { [file]: encoded(content) } },
      { type: 'merge', fieldManager, project: () => undefined },
    );
    return true;
  } catch (error) {
    if (isNodemendError(error) && ['API_CONFLICT', 'API_NOT_FOUND'].includes(error.code)) return false;
    throw error;
  }
}

function changedSincePlan(spec: SecretSettingAction): StepResult {
  return refused('OBJECT_CHANGED_SINCE_PLAN', { object: objectWords(spec.object), problem: spec.problem });
}

function changedSinceRun(spec: SecretSettingAction, { run }: ClusterActionContext): StepResult {
  return refused('OBJECT_CHANGED_SINCE_RUN', { object: objectWords(spec.object), run });
}
