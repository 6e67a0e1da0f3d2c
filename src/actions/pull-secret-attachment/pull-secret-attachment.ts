import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };
import { stringify } from 'yaml';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { objects, text } from '../../kubernetes/json-fields.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext, ClusterActionKind, ClusterActionStep, ObjectState } from '../cluster-action.ts';
import type { PullSecretAttachmentAction } from './pull-secret-attachment-action.ts';
import { refused, rejected } from '../node-state/refusal.ts';
import { objectWords } from '../object-words.ts';
import { fieldManager } from '../ownership.ts';
import { metadataOf, objectPath, readObject } from '../read-object.ts';
import { objectDiff, type ObjectSide } from '../object-diff.ts';
import { pullSecretAttachmentSchema } from './pull-secret-attachment-schema.ts';

/**
 * Hands a pull secret to the pods that a ServiceAccount's namespace makes from now on; what others put there stays, in
 * its order.
 */
export const pullSecretAttachmentKind: ClusterActionKind<PullSecretAttachmentAction> = {
  kind: 'pull-secret-attachment',
  on: 'object',
  schema: pullSecretAttachmentSchema,
  preview: (spec, redact) =>
    objectDiff(spec.object, side('now', spec.from), side('planned', wantedSecrets(spec)), redact),
  previewUndo: (spec, redact) =>
    objectDiff(spec.object, side('as the run wrote it', wantedSecrets(spec)), side('restored', spec.from), redact),
  apply: (spec) => [
    step('prepare', spec, prepare),
    { ...step('attach', spec, attach), commits: true },
    step('verify', spec, verify),
  ],
  verify: (spec) => [step('verify', spec, verify)],
  undo: (spec) => [step('undo', spec, undo)],
  inspect: async (spec, context) => stateOf(spec, await readObject(spec.object, context)),
  change: () => 'change',
  conflictKeys: ({ object }) => [objectPath(object)],
  isRecomputable: ({ object, secret }, run) =>
    // A Secret is handed out by the run that writes it, and by no other.
    run.some(
      (one) => one.kind === 'pull-secret' && one.object.name === secret && one.object.namespace === object.namespace,
    ),
  texts: { en, ko },
};

function side(label: string, secrets: readonly string[]): ObjectSide {
  return { label, yaml: stringify(named(secrets), { lineWidth: 0 }) };
}

/** Others' names in their order, ours behind them. */
function wantedSecrets({ from, secret }: PullSecretAttachmentAction): readonly string[] {
  return [...from, secret];
}

function named(secrets: readonly string[]): { readonly imagePullSecrets: readonly { readonly name: string }[] } {
  return { imagePullSecrets: secrets.map((name) => ({ name })) };
}

type Perform = (spec: PullSecretAttachmentAction, context: ClusterActionContext) => Promise<StepResult>;

function step(name: string, spec: PullSecretAttachmentAction, perform: Perform): ClusterActionStep {
  return { name, perform: (context) => perform(spec, context) };
}

/** `imagePullSecrets` of a ServiceAccount, in their order. */
export function attachedSecrets(account: JsonObject): readonly string[] {
  return objects(account['imagePullSecrets']).map(({ name }) => text(name));
}

function stateOf({ uid, from, secret }: PullSecretAttachmentAction, now: JsonObject | undefined): ObjectState {
  if (now === undefined || metadataOf(now).uid !== uid) return 'moved';
  const attached = attachedSecrets(now);
  if (attached.includes(secret)) return 'applied';
  return attached.join('\n') === from.join('\n') ? 'as-before' : 'moved';
}

async function prepare(spec: PullSecretAttachmentAction, context: ClusterActionContext): Promise<StepResult> {
  const state = stateOf(spec, await readObject(spec.object, context));
  if (state === 'applied') return { outcome: 'already', detail: `${spec.secret} is attached` };
  return state === 'as-before' ? { outcome: 'done', detail: 'it is as planned' } : changedSincePlan(spec);
}

/**
 * The list is atomic to the server (core/v1, ServiceAccount.imagePullSecrets): applying it takes the whole of it. So
 * others' names go along, and the version that was looked at is named: a name that somebody adds in between is not
 * lost.
 */
async function attach(spec: PullSecretAttachmentAction, context: ClusterActionContext): Promise<StepResult> {
  const { object, secret } = spec;
  const now = await readObject(object, context);
  if (now === undefined || stateOf(spec, now) !== 'as-before') return changedSincePlan(spec);
  const { uid, resourceVersion } = metadataOf(now);
  const metadata = { name: object.name, namespace: object.namespace ?? '', uid, resourceVersion };
  const body = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata,
    ...named(wantedSecrets(spec)),
  };
  return unlessConflict(
    () => changedSincePlan(spec),
    async () => {
      await context.api.patch(objectPath(object), body, {
        type: 'apply',
        fieldManager,
        force: true,
        project: () => undefined,
      });
      return { outcome: 'done', detail: `attached ${secret}` };
    },
  );
}

async function verify(spec: PullSecretAttachmentAction, context: ClusterActionContext): Promise<StepResult> {
  const state = stateOf(spec, await readObject(spec.object, context));
  return state === 'applied'
    ? { outcome: 'done', detail: `${spec.secret} is attached` }
    : rejected('OBJECT_NOT_IN_FORCE', { object: objectWords(spec.object), run: context.run });
}

/** Only our own name goes. */
async function undo(spec: PullSecretAttachmentAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  if (now === undefined || stateOf(spec, now) !== 'applied')
    return { outcome: 'already', detail: `${spec.secret} is not attached` };
  const rest = attachedSecrets(now).filter((name) => name !== spec.secret);
  const body = {
    metadata: { resourceVersion: metadataOf(now).resourceVersion },
    imagePullSecrets: rest.length === 0 ? null : rest.map((name) => ({ name })),
  };
  const moved = (): StepResult =>
    refused('OBJECT_CHANGED_SINCE_RUN', { object: objectWords(spec.object), run: context.run });
  return unlessConflict(moved, async () => {
    await context.api.patch(objectPath(spec.object), body, { type: 'merge', fieldManager, project: () => undefined });
    return { outcome: 'done', detail: `detached ${spec.secret}` };
  });
}

async function unlessConflict(moved: () => StepResult, work: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await work();
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_CONFLICT') return moved();
    throw error;
  }
}

function changedSincePlan(spec: PullSecretAttachmentAction): StepResult {
  return refused('OBJECT_CHANGED_SINCE_PLAN', { object: objectWords(spec.object), problem: spec.problem });
}
