import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { Json, JsonObject } from '../../kubernetes/api.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext, ClusterActionStep } from '../cluster-action.ts';
import type { FieldChange, ObjectPatchAction } from './object-patch-action.ts';
import { refused, rejected } from '../node-state/refusal.ts';
import { fieldManager } from '../ownership.ts';
import { objectWords } from '../object-words.ts';
import { metadataOf, objectPath, readObject } from '../read-object.ts';
import { fieldDiff } from './field-diff.ts';
import { isSameObject, movedFields, patchState } from './patch-state.ts';
import { containerTest, isVariable } from './variable-change.ts';
import { valueAt } from '../json-pointer.ts';
import { awaitRollout, rollsPods } from '../rollout/await-rollout.ts';

/** The steps of one attempt: `prepare`, `patch`, `verify`. */
export function applySteps(spec: ObjectPatchAction): readonly ClusterActionStep[] {
  return [
    { name: 'prepare', perform: (context) => prepare(spec, context) },
    { name: 'patch', commits: true, perform: (context) => patch(spec, context) },
    ...verifySteps(spec),
  ];
}

/** Changed pods have to come up: a new reference is only right when it can be pulled. */
export function verifySteps(spec: ObjectPatchAction): readonly ClusterActionStep[] {
  const isApplied = (workload: JsonObject): boolean => patchState(spec, workload) === 'applied';
  return [
    {
      name: 'verify',
      perform: (context) =>
        startsPods(spec) ? awaitRollout(spec.object, isApplied, context) : verifyFields(spec, context),
    },
  ];
}

export function undoSteps(spec: ObjectPatchAction): readonly ClusterActionStep[] {
  return [{ name: 'undo', perform: (context) => undo(spec, context) }];
}

/** Whether a controller replaces pods after it. */
function startsPods({ object, changes }: ObjectPatchAction): boolean {
  return rollsPods(object) && changes.some(({ path }) => path.startsWith('/spec/template/'));
}

async function prepare(spec: ObjectPatchAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  const state = patchState(spec, now);
  if (state === 'applied') return { outcome: 'already', detail: 'all fields are as wanted' };
  return state === 'as-before' ? { outcome: 'done', detail: fieldCount(spec) } : changedSincePlan(spec, now, context);
}

async function patch(spec: ObjectPatchAction, context: ClusterActionContext): Promise<StepResult> {
  // Nothing can be tested of a variable that is not there: the object is tested instead, as it is now.
  const now = spec.changes.some(isVariable) ? await readObject(spec.object, context) : undefined;
  if (now !== undefined && patchState(spec, now) !== 'as-before') return changedSincePlan(spec, now, context);
  const sent = await send(spec, spec.changes, { ...context, now });
  return sent === 'moved'
    ? changedSincePlan(spec, await readObject(spec.object, context), context)
    : { outcome: 'done', detail: `changed ${fieldCount(spec)}` };
}

async function undo(spec: ObjectPatchAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  if (!isSameObject(spec, now)) return { outcome: 'already', detail: 'the object is gone' };
  const state = patchState(spec, now);
  if (state === 'as-before') return { outcome: 'already', detail: 'nothing of the run was in force' };
  if (state === 'moved') return changedSinceRun(spec, now, context);
  const sent = await send(spec, spec.changes.toReversed().map(reversed), { ...context, now });
  if (sent === 'sent') return { outcome: 'done', detail: `restored ${fieldCount(spec)}` };
  const again = await readObject(spec.object, context);
  return isSameObject(spec, again)
    ? changedSinceRun(spec, again, context)
    : { outcome: 'already', detail: 'the object is gone' };
}

async function verifyFields(spec: ObjectPatchAction, context: ClusterActionContext): Promise<StepResult> {
  const state = patchState(spec, await readObject(spec.object, context));
  return state === 'applied'
    ? { outcome: 'done', detail: fieldCount(spec) }
    : rejected('OBJECT_NOT_IN_FORCE', { object: objectWords(spec.object), run: context.run });
}

/**
 * One JSON Patch (RFC 6902), which the server carries out whole or not at all: it tests that this is the object that
 * was meant and that every field is still what it was, so that nobody else's change is written over.
 */
async function send(
  spec: ObjectPatchAction,
  changes: readonly FieldChange[],
  { api, now }: Pick<ClusterActionContext, 'api'> & { readonly now?: JsonObject | undefined },
): Promise<'sent' | 'moved'> {
  const body: Json = [
    { op: 'test', path: '/metadata/uid', value: spec.uid },
    // Of a field that is not there nothing can be tested but the object.
    ...(now ? [versionTest(spec, now)] : []),
    ...changes.flatMap(operations),
  ];
  try {
    await api.patch(objectPath(spec.object), body, { type: 'json', fieldManager, project: () => undefined });
    return 'sent';
  } catch (error) {
    if (!isNodemendError(error) || !['API_REJECTED', 'API_NOT_FOUND'].includes(error.code)) throw error;
    // The server says 422 for a test that fails as for a value that is not usable: the object itself tells which.
    const expected = changes === spec.changes ? 'as-before' : 'applied';
    if (patchState(spec, await readObject(spec.object, { api })) === expected) throw error;
    return 'moved';
  }
}

/**
 * Who counts pods writes a DaemonSet's status all the time: of one that has variables only its specification has to be as
 * it was read.
 */
function versionTest({ changes }: ObjectPatchAction, now: JsonObject): JsonObject {
  const generation = changes.some(isVariable) ? valueAt(now, '/metadata/generation') : undefined;
  return generation === undefined
    ? { op: 'test', path: '/metadata/resourceVersion', value: metadataOf(now).resourceVersion }
    : { op: 'test', path: '/metadata/generation', value: generation };
}

function operations(change: FieldChange): readonly JsonObject[] {
  const { path, from, to } = change;
  const container = containerTest(change);
  const tests = container === undefined ? [] : [{ op: 'test', ...container }];
  if (from === null) return [...tests, { op: 'add', path, value: to }];
  const test = { op: 'test', path, value: from };
  return [...tests, test, to === null ? { op: 'remove', path } : { op: 'replace', path, value: to }];
}

function reversed({ path, from, to }: FieldChange): FieldChange {
  return { path, from: to, to: from };
}

function changedSincePlan(
  spec: ObjectPatchAction,
  now: JsonObject | undefined,
  { redact }: ClusterActionContext,
): StepResult {
  const words = objectWords(spec.object);
  if (!isSameObject(spec, now)) return refused('OBJECT_GONE', { object: words, problem: spec.problem });
  const diff = fieldDiff(spec.object, movedFields(spec, now, 'from'), { before: 'when planned', after: 'now' }, redact);
  return refused('OBJECT_CHANGED_SINCE_PLAN', { object: words, problem: spec.problem }, diff);
}

function changedSinceRun(spec: ObjectPatchAction, now: JsonObject, { redact, run }: ClusterActionContext): StepResult {
  const diff = fieldDiff(
    spec.object,
    movedFields(spec, now, 'to'),
    { before: 'as the run wrote it', after: 'now' },
    redact,
  );
  return refused('OBJECT_CHANGED_SINCE_RUN', { object: objectWords(spec.object), run }, diff);
}

function fieldCount({ changes }: ObjectPatchAction): string {
  return changes.length === 1 ? '1 field' : `${changes.length} fields`;
}
