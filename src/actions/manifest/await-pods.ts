import { apiPath } from '../../kubernetes/api-path.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { object as fields, text } from '../../kubernetes/json-fields.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext } from '../cluster-action.ts';
import { rejected } from '../node-state/refusal.ts';
import { objectWords } from '../object-words.ts';
import { imagesOf, newPodFault, projectPod, type PodFault, type WatchedPod } from '../rollout/new-pod-fault.ts';
import { selectorText } from '../rollout/pod-selector.ts';
import { readObject } from '../read-object.ts';
import type { ManifestAction } from './manifest-action.ts';
import { manifestState } from './manifest-state.ts';

/** Without any further pod for so long it is given up: an image that is there needs no pull, and seconds. */
const stallMs = 180_000;
/**
 * Without a word from its controller, or a pod, for so long: nothing acts on it. A controller that takes over from another
 * waits for the lease of that one to end (--leader-elect-lease-duration, 15 seconds) and lists the cluster; and it makes
 * twenty pods a second (--kube-api-qps) before it says anything.
 */
const unseenMs = 30_000;
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
      return rejected('OBJECT_NOT_IN_FORCE', { object: objectWords(spec.object), run: context.run });
    const pods = await podsOf(spec, now, context);
    const progress = progressOf(now, pods);
    const counted = `${progress.isSeen} ${progress.ready} ${progress.wanted}`;
    if (counted !== seen) [seen, since] = [counted, timing.monotonicMs()];
    const waitedMs = timing.monotonicMs() - since;
    const result = verdictOn(spec, progress, { fault: podFault(now, pods), waitedMs, patience });
    if (result !== undefined) return result;
    await timing.sleep(pauseMs, signal);
  }
}

interface Waiting extends Pick<ClusterActionContext, 'patience'> {
  readonly fault: PodFault | undefined;
  /** Since it last went on. */
  readonly waitedMs: number;
}

/** Undefined as long as it is worth waiting. */
function verdictOn(
  spec: ManifestAction,
  { isOver, isSeen, ready, wanted }: Progress,
  { fault, waitedMs, patience }: Waiting,
): StepResult | undefined {
  const { namespace = '' } = spec.object;
  const object = objectWords(spec.object);
  if (isOver) return { outcome: 'done', detail: `${ready} of ${wanted} pods run` };
  if (fault !== undefined) return rejected('PODS_NOT_STARTED', { context: 'waiting', object, namespace, ...fault });
  const isGivenUp = waitedMs >= (isSeen ? stallMs : unseenMs);
  if (patience === 'wait' && !isGivenUp) return undefined;
  const waited = { seconds: Math.round(waitedMs / 1000), ...(isGivenUp ? {} : { context: 'now' }) };
  return isSeen
    ? rejected('PODS_NOT_STARTED', { object, namespace, ready, wanted, ...waited })
    : rejected('OBJECT_NOT_TAKEN_UP', { object, ...waited });
}

interface Progress {
  /** Whether its controller, if there is one, has come to it. */
  readonly isSeen: boolean;
  readonly isOver: boolean;
  readonly ready: number;
  readonly wanted: number;
}

/** By how many pods are ready, not by their template: those of an earlier one hold the same images. */
function progressOf(object: JsonObject, pods: readonly WatchedPod[]): Progress {
  const [status, metadata] = [fields(object['status']), fields(object['metadata'])];
  const count = (key: string): number => (typeof status[key] === 'number' ? status[key] : 0);
  const [wanted, ready] = [count('desiredNumberScheduled'), count('numberReady')];
  const isObserved =
    typeof metadata['generation'] === 'number' && count('observedGeneration') >= metadata['generation'];
  return {
    // Where it was changed, its pods were made before that.
    isSeen: isObserved || (count('observedGeneration') === 0 && pods.length > 0),
    isOver: isObserved && wanted > 0 && ready >= wanted,
    ready,
    wanted,
  };
}

function podsOf(
  { object }: ManifestAction,
  now: JsonObject,
  { api, signal }: ClusterActionContext,
): Promise<readonly WatchedPod[]> {
  const path = apiPath({ group: '', version: 'v1', namespace: object.namespace ?? '', resource: 'pods' });
  const labelSelector = selectorText(fields(now['spec'])['selector']);
  return api.list(path, { labelSelector, project: projectPod, signal });
}

function podFault(now: JsonObject, pods: readonly WatchedPod[]): PodFault | undefined {
  const images = imagesOf(fields(fields(now['spec'])['template'])['spec']);
  return newPodFault(pods, { since: text(fields(now['metadata'])['creationTimestamp']), images }) ?? startFault(pods);
}

/** Why kubelet or the runtime could not start what it has, and will not be able to in a minute. */
const startReasons: ReadonlySet<string> = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
]);

function startFault(pods: readonly WatchedPod[]): PodFault | undefined {
  for (const { name, waiting } of pods) {
    const fault = waiting.find(({ reason }) => startReasons.has(reason));
    if (fault) return { pod: name, ...fault };
  }
  return undefined;
}
