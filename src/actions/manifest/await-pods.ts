import { apiPath } from '../../kubernetes/api-path.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { object as fields, text } from '../../kubernetes/json-fields.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext } from '../cluster-action.ts';
import { imagesOf, newPodFault, projectPod, type WatchedPod } from '../rollout/new-pod-fault.ts';
import { selectorText } from '../rollout/pod-selector.ts';
import { readObject } from '../read-object.ts';
import type { ManifestAction } from './manifest-action.ts';
import { manifestState } from './manifest-state.ts';

/** Without any further pod for so long it is given up: an image that is there needs no pull, and seconds. */
const stallMs = 180_000;
const pauseMs = 1_000;

/** Whether pods have to run for it to be in force. */
export function makesPods({ object, to }: Pick<ManifestAction, 'object' | 'to'>): boolean {
  return object.kind === 'DaemonSet' && to !== 'absent';
}

/**
 * Waits until a pod runs on each node that a DaemonSet of ours is for, or plainly cannot.
 * @throws NodemendError API_…; COMMAND_INTERRUPTED on Ctrl-C: a later resume waits again.
 */
export async function awaitPods(spec: ManifestAction, context: ClusterActionContext): Promise<StepResult> {
  const { timing, signal, patience } = context;
  let seen = '';
  let since = timing.monotonicMs();
  for (;;) {
    const now = await readObject(spec.object, context);
    if (now === undefined || manifestState(spec, now, context) !== 'applied')
      return { outcome: 'rejected', detail: 'it is no longer as the run left it' };
    const { isOver, words } = podProgress(now);
    if (isOver) return { outcome: 'done', detail: words };
    const fault = await podFault(spec, now, context);
    if (fault !== undefined) return { outcome: 'rejected', detail: fault };
    if (patience === 'look') return { outcome: 'rejected', detail: words };
    if (words !== seen) [seen, since] = [words, timing.monotonicMs()];
    if (timing.monotonicMs() - since >= stallMs)
      return { outcome: 'rejected', detail: `no further pod has started for ${stallMs / 1000} seconds: ${words}` };
    await timing.sleep(pauseMs, signal);
  }
}

/** By how many pods are ready, not by their template: those of an earlier one hold the same images. */
function podProgress(object: JsonObject): { readonly isOver: boolean; readonly words: string } {
  const [status, metadata] = [fields(object['status']), fields(object['metadata'])];
  const count = (key: string): number => (typeof status[key] === 'number' ? status[key] : 0);
  const [wanted, ready] = [count('desiredNumberScheduled'), count('numberReady')];
  if (typeof metadata['generation'] !== 'number' || count('observedGeneration') < metadata['generation'])
    return { isOver: false, words: 'its controller has not seen it yet' };
  return { isOver: wanted > 0 && ready >= wanted, words: `${ready} of ${wanted} pods run` };
}

async function podFault(
  { object }: ManifestAction,
  now: JsonObject,
  { api, signal }: ClusterActionContext,
): Promise<string | undefined> {
  const spec = fields(now['spec']);
  const path = apiPath({ group: '', version: 'v1', namespace: object.namespace ?? '', resource: 'pods' });
  const labelSelector = selectorText(spec['selector']);
  const pods = await api.list(path, { labelSelector, project: projectPod, signal });
  const images = imagesOf(fields(spec['template'])['spec']);
  return newPodFault(pods, { since: text(fields(now['metadata'])['creationTimestamp']), images }) ?? startFault(pods);
}

/** Why kubelet or the runtime could not start what it has, and will not be able to in a minute. */
const startReasons: ReadonlySet<string> = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
]);

function startFault(pods: readonly WatchedPod[]): string | undefined {
  for (const { name, waiting } of pods) {
    const fault = waiting.find(({ reason }) => startReasons.has(reason));
    if (fault) return `pod ${name}: container ${fault.container} waits with ${fault.reason}`;
  }
  return undefined;
}
