import type { ErrorCode } from '../../errors/catalogue.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { isBroken, parseDockerConfig } from '../../registry/docker-config/docker-config.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext, ClusterActionStep, ObjectState } from '../cluster-action.ts';
import type { PullSecretAction } from './pull-secret-action.ts';
import { refused, rejected } from '../node-state/refusal.ts';
import { objectWords } from '../object-words.ts';
import { fieldManager } from '../ownership.ts';
import { objectPath, readObject } from '../read-object.ts';
import { collectionPath, keptObject, keptReference, readKept, removeKept } from './kept-secret.ts';
import { dataKey } from './secret-content.ts';
import { contentOf, partsOf, secretState } from './secret-object.ts';
import { undo } from './undo-secret.ts';
import { changedSecret, newSecret, versionOf, type Writing } from './written-secret.ts';

/** The steps of one attempt: `prepare`, `write`, `verify`. */
export function applySteps(spec: PullSecretAction): readonly ClusterActionStep[] {
  return [
    { name: 'prepare', perform: (context) => prepare(spec, context) },
    { name: 'write', commits: true, perform: (context) => write(spec, context) },
    ...verifySteps(spec),
  ];
}

export function verifySteps(spec: PullSecretAction): readonly ClusterActionStep[] {
  return [{ name: 'verify', perform: (context) => verify(spec, context) }];
}

export function undoSteps(spec: PullSecretAction): readonly ClusterActionStep[] {
  return [{ name: 'undo', perform: (context) => undo(spec, context) }];
}

/**
 * A Secret of another type has to be removed before it can be made: where a run was killed in between, its content is
 * kept, and undo brings it back.
 */
export async function inspect(spec: PullSecretAction, context: ClusterActionContext): Promise<ObjectState> {
  const now = await readObject(spec.object, context);
  if (now === undefined && spec.from !== 'absent' && (await readKept(spec, context)) !== undefined) return 'applied';
  return secretState(spec, now, context.run);
}

async function prepare(spec: PullSecretAction, context: ClusterActionContext): Promise<StepResult> {
  if (context.secret(spec.id) === undefined)
    return refused('PULL_SECRET_PASSWORD_MISSING', { secret: objectWords(spec.object) });
  const now = await readObject(spec.object, context);
  return secretState(spec, now, context.run) === 'as-before'
    ? { outcome: 'done', detail: now ? 'it is as planned' : 'there is none' }
    : changedSincePlan(spec);
}

/** Looks again right before; what was there is kept first, and every write names the version that was looked at. */
async function write(spec: PullSecretAction, context: ClusterActionContext): Promise<StepResult> {
  const password = context.secret(spec.id);
  if (password === undefined) return refused('PULL_SECRET_PASSWORD_MISSING', { secret: objectWords(spec.object) });
  const now = await readObject(spec.object, context);
  if (secretState(spec, now, context.run) !== 'as-before') return changedSincePlan(spec);
  if (now) await keep(spec, now, context);
  if (await bring(spec, now, { password, run: context.run }, context))
    return { outcome: 'done', detail: now ? 'changed' : 'created' };
  // Somebody was there in between: what was kept is theirs still.
  if (now) await removeKept(spec, context);
  return changedSincePlan(spec);
}

async function keep(spec: PullSecretAction, now: JsonObject, context: ClusterActionContext): Promise<void> {
  if ((await readKept(spec, context)) !== undefined) return;
  await context.api.create(
    collectionPath(keptReference(spec)),
    keptObject(spec, partsOf(now), context.run),
    () => undefined,
  );
}

/**
 * Writes the login, by server-side apply under our own name. False when somebody was there in between, and nothing was
 * changed.
 */
async function bring(
  spec: PullSecretAction,
  now: JsonObject | undefined,
  writing: Writing,
  { api }: ClusterActionContext,
): Promise<boolean> {
  const path = objectPath(spec.object);
  const apply = (body: JsonObject): Promise<void> =>
    api.patch(path, body, { type: 'apply', fieldManager, force: now !== undefined, project: () => undefined });
  if (now === undefined) return unless(['API_CONFLICT'], () => apply(newSecret(spec, writing)));
  if (spec.from === 'absent' || !spec.from.recreate)
    return unless(gone, () => apply(changedSecret(spec, now, writing)));
  if (!(await unless(gone, () => api.remove(path, { preconditions: versionOf(now) })))) return false;
  // From here on a failure is one that has to be undone: what was there is gone, and is kept.
  await apply(newSecret(spec, writing));
  return true;
}

/** Of an object that was there: it is another one, or none. */
const gone = ['API_CONFLICT', 'API_NOT_FOUND'] as const;

async function unless(codes: readonly ErrorCode[], work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isNodemendError(error) && codes.includes(error.code)) return false;
    throw error;
  }
}

/** What kubelet will make of it. */
async function verify(spec: PullSecretAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  const isApplied = now !== undefined && secretState(spec, now, context.run) === 'applied';
  const config = isApplied && parseDockerConfig(contentOf(partsOf(now), dataKey(spec.type)), spec.type);
  const isThere =
    config && !isBroken(config) && config.entries.some(({ key, user }) => key === spec.key && user === spec.user);
  return isThere
    ? { outcome: 'done', detail: `it has the login under ${spec.key}` }
    : rejected('OBJECT_NOT_IN_FORCE', { object: objectWords(spec.object), run: context.run });
}

function changedSincePlan(spec: PullSecretAction): StepResult {
  return refused('OBJECT_CHANGED_SINCE_PLAN', { object: objectWords(spec.object), problem: spec.problem });
}
