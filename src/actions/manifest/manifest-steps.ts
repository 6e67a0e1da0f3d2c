import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { appliable } from '../../kubernetes/appliable.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext, ClusterActionStep } from '../cluster-action.ts';
import type { ManifestAction } from './manifest-action.ts';
import { refused, rejected } from '../node-state/refusal.ts';
import { objectWords } from '../object-words.ts';
import { fieldManager } from '../ownership.ts';
import { metadataOf, objectPath, readObject } from '../read-object.ts';
import { awaitPods, makesPods } from './await-pods.ts';
import { manifestDiff } from './manifest-diff.ts';
import { isOurs, isWanted, manifestState, signedBy } from './manifest-state.ts';

/** The steps of one attempt: `prepare`, `apply` or `delete`, `verify`. */
export function applySteps(spec: ManifestAction): readonly ClusterActionStep[] {
  return [
    { name: 'prepare', perform: (context) => prepare(spec, context) },
    { name: spec.to === 'absent' ? 'delete' : 'apply', commits: true, perform: (context) => apply(spec, context) },
    ...verifySteps(spec),
  ];
}

export function verifySteps(spec: ManifestAction): readonly ClusterActionStep[] {
  const isAwaited = makesPods(spec);
  return [{ name: 'verify', perform: (context) => (isAwaited ? awaitPods(spec, context) : verify(spec, context)) }];
}

export function undoSteps(spec: ManifestAction): readonly ClusterActionStep[] {
  return [{ name: 'undo', perform: (context) => undo(spec, context) }];
}

async function prepare(spec: ManifestAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  if (isWanted(spec, now)) return { outcome: 'already', detail: now ? 'it is as wanted' : 'there is none' };
  return standsInTheWay(spec, now, context) ?? { outcome: 'done', detail: now ? 'it is as planned' : 'there is none' };
}

/**
 * Looks again right before: a write names the version that was looked at, so that nothing that comes in between is
 * written over.
 */
async function apply(spec: ManifestAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  const inTheWay = standsInTheWay(spec, now, context);
  if (inTheWay) return inTheWay;
  const wanted = spec.to === 'absent' ? 'absent' : signedBy(context.run, spec.to);
  if (await bring(spec, now, wanted, context))
    return { outcome: 'done', detail: wanted === 'absent' ? 'removed' : now ? 'changed' : 'created' };
  return changedSincePlan(spec, await readObject(spec.object, context), context);
}

async function verify(spec: ManifestAction, context: ClusterActionContext): Promise<StepResult> {
  const state = manifestState(spec, await readObject(spec.object, context), context);
  return state === 'applied'
    ? { outcome: 'done', detail: 'it is as the run left it' }
    : rejected('OBJECT_NOT_IN_FORCE', { object: objectWords(spec.object), run: context.run });
}

async function undo(spec: ManifestAction, context: ClusterActionContext): Promise<StepResult> {
  const { from } = spec;
  const now = await readObject(spec.object, context);
  if (from === 'absent' && now === undefined) return { outcome: 'already', detail: 'there is none' };
  const state = manifestState(spec, now, context);
  if (state === 'as-before') return { outcome: 'already', detail: 'nothing of the run was in force' };
  if (state === 'moved') return changedSinceRun(spec, now, context);
  if (await bring(spec, now, from, context))
    return { outcome: 'done', detail: from === 'absent' ? 'removed' : 'restored' };
  return changedSinceRun(spec, await readObject(spec.object, context), context);
}

/**
 * Brings the object from what was just seen to what it should be, by server-side apply under our own name
 * (kubernetes.io/docs/reference/using-api/server-side-apply). False when somebody was there in between.
 */
async function bring(
  { object }: ManifestAction,
  now: JsonObject | undefined,
  wanted: JsonObject | 'absent',
  { api }: ClusterActionContext,
): Promise<boolean> {
  const path = objectPath(object);
  const version = now ? { uid: metadataOf(now).uid, resourceVersion: metadataOf(now).resourceVersion } : {};
  try {
    if (wanted === 'absent') await api.remove(path, { preconditions: version });
    else {
      const body = { ...wanted, metadata: { ...(wanted['metadata'] as JsonObject), ...version } };
      // What others wrote into an object of ours was in the plan's diff; into one that was not there, nobody can have.
      await api.patch(path, body, { type: 'apply', fieldManager, force: now !== undefined, project: () => undefined });
    }
    return true;
  } catch (error) {
    if (
      isNodemendError(error) &&
      (error.code === 'API_CONFLICT' || (error.code === 'API_NOT_FOUND' && now !== undefined))
    )
      return false;
    throw error;
  }
}

function standsInTheWay(
  spec: ManifestAction,
  now: JsonObject | undefined,
  context: ClusterActionContext,
): StepResult | undefined {
  if (now && !isOurs(now)) return refused('OBJECT_NOT_OURS', { object: objectWords(spec.object) });
  return manifestState(spec, now, context) === 'as-before' ? undefined : changedSincePlan(spec, now, context);
}

function changedSincePlan(
  spec: ManifestAction,
  now: JsonObject | undefined,
  { redact }: ClusterActionContext,
): StepResult {
  const diff = manifestDiff(
    spec.object,
    { label: 'when planned', object: spec.from },
    { label: 'now', object: stateOf(now) },
    redact,
  );
  return refused('OBJECT_CHANGED_SINCE_PLAN', { object: objectWords(spec.object), problem: spec.problem }, diff);
}

function changedSinceRun(
  spec: ManifestAction,
  now: JsonObject | undefined,
  { redact, run }: ClusterActionContext,
): StepResult {
  const wrote = spec.to === 'absent' ? 'absent' : signedBy(run, spec.to);
  const diff = manifestDiff(
    spec.object,
    { label: 'as the run wrote it', object: wrote },
    { label: 'now', object: stateOf(now) },
    redact,
  );
  return refused('OBJECT_CHANGED_SINCE_RUN', { object: objectWords(spec.object), run }, diff);
}

function stateOf(now: JsonObject | undefined): JsonObject | 'absent' {
  return now === undefined ? 'absent' : appliable(now);
}
