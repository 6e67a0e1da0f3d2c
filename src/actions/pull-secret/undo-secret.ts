import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext } from '../cluster-action.ts';
import type { PullSecretAction } from './pull-secret-action.ts';
import { refused } from '../node-state/refusal.ts';
import { objectWords } from '../object-words.ts';
import { fieldManager, runAnnotation } from '../ownership.ts';
import { objectPath, readObject } from '../read-object.ts';
import { collectionPath, keptReference, readKept, removeKept } from './kept-secret.ts';
import { dataKey } from './secret-content.ts';
import { sameJson } from '../same-json.ts';
import { isOfRun, partsOf, secretState, type SecretParts } from './secret-object.ts';
import { versionOf } from './written-secret.ts';

/** Removes what the run made, or puts back what it kept; what somebody else wrote since is left alone. */
export async function undo(spec: PullSecretAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  return spec.from === 'absent' ? removeMade(spec, now, context) : putBack(spec, now, context);
}

async function removeMade(
  spec: PullSecretAction,
  now: JsonObject | undefined,
  context: ClusterActionContext,
): Promise<StepResult> {
  if (now === undefined) return { outcome: 'already', detail: 'there is none' };
  if (!isOfRun(now, context.run)) return { outcome: 'already', detail: 'what is there is not of the run' };
  if (secretState(spec, now, context.run) !== 'applied') return changedSinceRun(spec, context);
  return attempt(spec, context, async () => {
    await context.api.remove(objectPath(spec.object), { preconditions: versionOf(now) });
    return 'removed';
  });
}

async function putBack(
  spec: PullSecretAction,
  now: JsonObject | undefined,
  context: ClusterActionContext,
): Promise<StepResult> {
  const kept = await readKept(spec, context);
  const state = secretState(spec, now, context.run);
  if (kept === undefined)
    return now && isOfRun(now, context.run)
      ? refused('PULL_SECRET_KEPT_MISSING', { secret: objectWords(spec.object) })
      : { outcome: 'already', detail: 'nothing of the run was in force' };
  // An undo that was cut short may have put it back, under another version than the plan saw.
  if (state === 'as-before' || (now && sameJson({ ...partsOf(now) }, { ...kept }))) {
    await removeKept(spec, context);
    return { outcome: 'already', detail: 'nothing of the run was in force' };
  }
  if (now !== undefined && state !== 'applied') return changedSinceRun(spec, context);
  return attempt(spec, context, async () => {
    await writeBack(spec, { now, kept }, context);
    await removeKept(spec, context);
    return 'restored';
  });
}

interface PutBack {
  readonly now: JsonObject | undefined;
  readonly kept: SecretParts;
}

async function writeBack(spec: PullSecretAction, { now, kept }: PutBack, { api }: ClusterActionContext): Promise<void> {
  const path = objectPath(spec.object);
  const version = now && versionOf(now);
  const anew = spec.from !== 'absent' && spec.from.recreate;
  if (version && !anew) {
    const field = dataKey(spec.type);
    const metadata = {
      resourceVersion: version.resourceVersion,
      annotations: { [runAnnotation]: kept.annotations[runAnnotation] ?? null },
    };
    await api.patch(
      path,
      { metadata, data: { [field]: kept.data[field] ?? null } },
      { type: 'merge', fieldManager, project: () => undefined },
    );
    return;
  }
  if (version) await api.remove(path, { preconditions: version });
  const { namespace = '', name } = spec.object;
  const { type, data, labels, annotations, immutable } = kept;
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels, annotations },
    type,
    data,
    ...(immutable ? { immutable } : {}),
  };
  await api.create(collectionPath(spec.object), body, () => undefined);
}

async function attempt(
  spec: PullSecretAction,
  context: ClusterActionContext,
  work: () => Promise<string>,
): Promise<StepResult> {
  try {
    return { outcome: 'done', detail: await work() };
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_CONFLICT') return changedSinceRun(spec, context);
    throw error;
  }
}

function changedSinceRun(spec: PullSecretAction, { run }: ClusterActionContext): StepResult {
  const { namespace = '', name } = keptReference(spec);
  const code = spec.from === 'absent' ? 'PULL_SECRET_NOT_OF_RUN' : 'PULL_SECRET_CHANGED_SINCE_RUN';
  return refused(code, { secret: objectWords(spec.object), run, kept: `${namespace}/${name}` });
}
