import type { JsonObject } from '../../kubernetes/api.ts';
import { apiPath } from '../../kubernetes/api-path.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext, ObjectReference } from '../cluster-action.ts';
import { valueAt } from '../json-pointer.ts';
import { rejected } from '../node-state/refusal.ts';
import { objectWords } from '../object-words.ts';
import { fieldManager } from '../ownership.ts';
import { readObject } from '../read-object.ts';
import { imagesOf, newPodFault, projectPod, type PodFault } from './new-pod-fault.ts';
import { selectorText } from './pod-selector.ts';
import { rollingKinds, rolloutProgress, type PodCounts } from './workload-rollout.ts';

/**
 * Without any pod replaced for so long a rollout is given up: what a Deployment waits by default
 * (`progressDeadlineSeconds`), and a little, so that its own verdict comes first.
 */
const stallMs = 630_000;
const pauseMs = 2_000;

/** Whether a controller replaces the object's pods when their template changes. */
export function rollsPods({ group, kind }: Pick<ObjectReference, 'group' | 'kind'>): boolean {
  return group === 'apps' && rollingKinds.some((one) => one === kind);
}

/**
 * Waits until a workload runs with its new template, or has plainly failed to; `isApplied`: it still has the change.
 * Progress is what counts, not time: a DaemonSet of a thousand nodes may take hours.
 * @throws NodemendError API_…; COMMAND_INTERRUPTED on Ctrl-C: a later resume waits again.
 */
export async function awaitRollout(
  object: ObjectReference,
  isApplied: (workload: JsonObject) => boolean,
  context: ClusterActionContext,
): Promise<StepResult> {
  const { timing, signal } = context;
  let seen: string | undefined = '';
  let since = timing.monotonicMs();
  for (;;) {
    const workload = await readObject(object, context);
    const words = objectWords(object);
    if (!workload || !isApplied(workload)) return rejected('OBJECT_NOT_IN_FORCE', { object: words, run: context.run });
    const progress = rolloutProgress(workload);
    if (progress.state === 'complete') return { outcome: 'done', detail: progress.words };
    if (progress.state === 'failed')
      return rejected('ROLLOUT_INCOMPLETE', { object: words, context: 'failed', reason: progress.reason });
    const fault = await podFault(object, workload, context);
    if (fault) return rejected('ROLLOUT_INCOMPLETE', { object: words, context: 'waiting', ...fault });
    const counted = JSON.stringify(progress.pods);
    if (counted !== seen) [seen, since] = [counted, timing.monotonicMs()];
    const result = givenUp(words, progress.pods, { waitedMs: timing.monotonicMs() - since, ...context });
    if (result) return result;
    await timing.sleep(pauseMs, signal);
  }
}

interface Waiting extends Pick<ClusterActionContext, 'patience'> {
  /** Since it last went on. */
  readonly waitedMs: number;
}

/** Undefined as long as it is worth waiting. */
function givenUp(object: string, pods: PodCounts | undefined, { patience, waitedMs }: Waiting): StepResult | undefined {
  const isStalled = waitedMs >= stallMs;
  if (patience === 'wait' && !isStalled) return undefined;
  const how = isStalled ? { seconds: Math.round(waitedMs / 1000) } : { context: 'now' };
  return pods
    ? rejected('ROLLOUT_INCOMPLETE', { object, ...pods, ...how })
    : rejected('OBJECT_NOT_TAKEN_UP', { object, ...how });
}

async function podFault(
  object: ObjectReference,
  workload: JsonObject,
  { api, signal }: ClusterActionContext,
): Promise<PodFault | undefined> {
  const since = changedAt(workload);
  if (since === undefined || object.namespace === undefined) return undefined;
  const path = apiPath({ group: '', version: 'v1', namespace: object.namespace, resource: 'pods' });
  const pods = await api.list(path, {
    labelSelector: selectorText(valueAt(workload, '/spec/selector')),
    project: projectPod,
    signal,
  });
  return newPodFault(pods, { since, images: imagesOf(valueAt(workload, '/spec/template/spec')) });
}

/** When we last wrote the object, by the server's own clock; undefined where the server does not say. */
function changedAt(workload: JsonObject): string | undefined {
  const entries = valueAt(workload, '/metadata/managedFields');
  const own = Array.isArray(entries)
    ? entries.filter((entry: JsonObject) => entry['manager'] === fieldManager && entry['subresource'] === undefined)
    : [];
  const times = own.flatMap((entry: JsonObject) => (typeof entry['time'] === 'string' ? [entry['time']] : []));
  return times.toSorted().at(-1);
}
