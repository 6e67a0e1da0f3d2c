import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext, ClusterActionStep, ObjectState } from '../cluster-action.ts';
import { valueAt } from '../json-pointer.ts';
import { refused, rejected } from '../node-state/refusal.ts';
import { objectWords } from '../object-words.ts';
import { fieldManager } from '../ownership.ts';
import { metadataOf, objectPath, readObject } from '../read-object.ts';
import { awaitRollout } from '../rollout/await-rollout.ts';
import { annotationsOf, restartMark, restartState } from './restart-mark.ts';
import type { WorkloadRestartAction } from './workload-restart-action.ts';

/** The steps of one attempt: `prepare`, `restart`, `verify`. */
export function applySteps(spec: WorkloadRestartAction): readonly ClusterActionStep[] {
  return [
    { name: 'prepare', perform: (context) => prepare(spec, context) },
    { name: 'restart', commits: true, perform: (context) => restart(spec, context) },
    ...verifySteps(spec),
  ];
}

export function verifySteps(spec: WorkloadRestartAction): readonly ClusterActionStep[] {
  return [
    {
      name: 'verify',
      perform: (context) =>
        awaitRollout(spec.object, (now) => restartState(spec, now, context.run) === 'applied', context),
    },
  ];
}

export function undoSteps(spec: WorkloadRestartAction): readonly ClusterActionStep[] {
  return [{ name: 'undo', perform: (context) => undo(spec, context) }];
}

export async function inspect(spec: WorkloadRestartAction, context: ClusterActionContext): Promise<ObjectState> {
  return restartState(spec, await readObject(spec.object, context), context.run);
}

async function prepare(spec: WorkloadRestartAction, context: ClusterActionContext): Promise<StepResult> {
  const now = await readObject(spec.object, context);
  const state = restartState(spec, now, context.run);
  if (state === 'applied') return { outcome: 'already', detail: 'this run has restarted it' };
  if (now === undefined || state === 'moved') return changedSincePlan(spec);
  return valueAt(now, '/spec/updateStrategy/type') === 'OnDelete'
    ? rejected('ROLLOUT_ON_DELETE', { object: objectWords(spec.object) })
    : { outcome: 'done', detail: 'it is as planned' };
}

async function restart(spec: WorkloadRestartAction, context: ClusterActionContext): Promise<StepResult> {
  const marked = await mark(spec, 'as-before', context.run, context);
  return marked === 'written' ? { outcome: 'done', detail: 'its pods are being replaced' } : changedSincePlan(spec);
}

/**
 * With the mark of before the template is the one of before, and so are the pods that come of it: they are waited for. An
 * undo that was killed meanwhile does not wait again, because whose rollout it is, is unknown then.
 */
async function undo(spec: WorkloadRestartAction, context: ClusterActionContext): Promise<StepResult> {
  const { run } = context;
  const now = await readObject(spec.object, context);
  const state = restartState(spec, now, run);
  if (now === undefined || metadataOf(now).uid !== spec.uid)
    return { outcome: 'already', detail: 'the object is gone' };
  if (state === 'as-before') return { outcome: 'already', detail: 'nothing of the run was in force' };
  const marked = state === 'applied' ? await mark(spec, 'applied', spec.before, context) : 'moved';
  return marked === 'written'
    ? awaitRollout(spec.object, (workload) => restartState(spec, workload, run) === 'as-before', context)
    : refused('OBJECT_CHANGED_SINCE_RUN', { object: objectWords(spec.object), run });
}

/** Its controller writes its status all the time: another version is no other template. */
const attempts = 10;

/**
 * Writes the mark, or takes it away, as long as the template is as expected. Each attempt names the version that it
 * looked at, so that nobody else's change is written over.
 */
async function mark(
  spec: WorkloadRestartAction,
  expected: ObjectState,
  value: string | undefined,
  context: ClusterActionContext,
): Promise<'written' | 'moved'> {
  for (let attempt = 1; ; attempt += 1) {
    const now = await readObject(spec.object, context);
    if (now === undefined || restartState(spec, now, context.run) !== expected) return 'moved';
    try {
      await context.api.patch(objectPath(spec.object), patchOf(now, value), {
        type: 'json',
        fieldManager,
        project: () => undefined,
      });
      return 'written';
    } catch (error) {
      // 422 for a version that is another by now; anything else that is refused is refused again.
      const isOther = isNodemendError(error) && ['API_REJECTED', 'API_CONFLICT'].includes(error.code);
      if (!isOther || attempt === attempts) throw error;
    }
  }
}

function patchOf(now: JsonObject, value: string | undefined): readonly JsonObject[] {
  const { uid, resourceVersion } = metadataOf(now);
  const path = '/spec/template/metadata/annotations';
  const annotations = annotationsOf(now);
  const one = `${path}/${restartMark.replaceAll('/', '~1')}`;
  const isAlone = Object.keys(annotations).every((name) => name === restartMark);
  const change =
    value === undefined
      ? { op: 'remove', path: isAlone ? path : one }
      : valueAt(now, path) === undefined
        ? { op: 'add', path, value: { [restartMark]: value } }
        : { op: 'add', path: one, value };
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    change,
  ];
}

function changedSincePlan(spec: WorkloadRestartAction): StepResult {
  return refused('OBJECT_CHANGED_SINCE_PLAN', { object: objectWords(spec.object), problem: spec.problem });
}
