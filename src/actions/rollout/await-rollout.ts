import type { JsonObject } from '../../kubernetes/api.ts';
import { apiPath } from '../../kubernetes/api-path.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext, ObjectReference } from '../cluster-action.ts';
import { valueAt } from '../json-pointer.ts';
import { fieldManager } from '../ownership.ts';
import { readObject } from '../read-object.ts';
import { imagesOf, newPodFault, projectPod } from './new-pod-fault.ts';
import { selectorText } from './pod-selector.ts';
import { rollingKinds, rolloutProgress } from './workload-rollout.ts';

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
  const { timing, signal, patience } = context;
  let seen = '';
  let since = timing.monotonicMs();
  for (;;) {
    const workload = await readObject(object, context);
    if (!workload || !isApplied(workload))
      return { outcome: 'rejected', detail: 'the fields are no longer as the run wrote them' };
    const progress = rolloutProgress(workload);
    if (progress.state === 'complete') return { outcome: 'done', detail: progress.words };
    if (progress.state === 'failed') return { outcome: 'rejected', detail: `its rollout failed: ${progress.words}` };
    const fault = await podFault(object, workload, context);
    if (fault !== undefined) return { outcome: 'rejected', detail: `its rollout failed: ${fault}` };
    if (patience === 'look') return { outcome: 'rejected', detail: `its rollout is not over: ${progress.words}` };
    if (progress.words !== seen) [seen, since] = [progress.words, timing.monotonicMs()];
    const stalledMs = timing.monotonicMs() - since;
    if (stalledMs >= stallMs)
      return {
        outcome: 'rejected',
        detail: `its rollout stands still for ${Math.round(stalledMs / 1000)} seconds: ${progress.words}`,
      };
    await timing.sleep(pauseMs, signal);
  }
}

async function podFault(
  object: ObjectReference,
  workload: JsonObject,
  { api, signal }: ClusterActionContext,
): Promise<string | undefined> {
  const since = changedAt(workload);
  if (since === undefined || object.namespace === undefined) return undefined;
  const path = apiPath({ group: '', version: 'v1', namespace: object.namespace, resource: 'pods' });
  const pods = await api.list(path, {
    labelSelector: selectorText(valueAt(workload, '/spec/selector')),
    project: projectPod,
    signal,
  });
  const fault = newPodFault(pods, { since, images: imagesOf(valueAt(workload, '/spec/template/spec')) });
  return fault && `pod ${fault.pod}: container ${fault.container} waits with ${fault.reason}`;
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
