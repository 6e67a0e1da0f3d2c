import { isNodemendError } from '../../../errors/nodemend-error.ts';
import type { EvictResult, KubernetesApi } from '../../../kubernetes/api.ts';
import { object, text } from '../../../kubernetes/json-fields.ts';
import type { Timing } from '../../../kubernetes/timing.ts';
import type { PodLeft } from '../../run.ts';
import { concurrently } from '../concurrently.ts';
import { podName, readClusterPod, type ClusterPod } from '../preflight/cluster-pod.ts';
import { decideDrain, type DrainDecision, type DrainPolicy } from '../preflight/drain-decision.ts';

export interface PodDrain {
  readonly api: KubernetesApi;
  readonly timing: Timing;
  readonly node: string;
  readonly options: DrainPolicy;
  /** Ends the drain; pods that are on their way go on. */
  readonly signal: AbortSignal;
  /** Told the pods that are still to go, before each round. */
  readonly onRound?: (left: readonly PodLeft[]) => void;
}

export type Drained =
  | { readonly drained: true }
  | { readonly drained: false; readonly why: 'timed-out' | 'interrupted'; readonly left: readonly PodLeft[] }
  /** No waiting helps: two budgets, a budget whose count is broken. */
  | { readonly drained: false; readonly why: 'misconfigured'; readonly left: readonly PodLeft[] }
  /** A pod that the policy does not let go; it may have come while the drain went on. */
  | { readonly drained: false; readonly why: 'refused'; readonly pod: string; readonly decision: DrainDecision };

const pauseMs = 1_000;
/** As kubectl drain. */
const afterRefusalMs = 5_000;
const atOnce = 10;

/**
 * Evicts what the policy lets go until nothing of it is on the node. Each round looks at what is there: what was evicted
 * and comes again under its old name is another pod by its UID, and one that is on its way is waited for. So it may be
 * ended anywhere and begun again by anybody. A server that is away is waited for until the drain's time is over.
 *
 * @throws NodemendError API_FORBIDDEN, and what else of API_… does not pass by itself
 */
export async function evictPods(drain: PodDrain): Promise<Drained> {
  const deadline = drain.timing.monotonicMs() + drain.options.timeoutSeconds * 1000;
  const asked = new Map<string, Asked>();
  for (;;) {
    const pods = await readPatiently(drain, deadline);
    const going = pods.filter(({ decision }) => decision.does === 'evict').map(({ pod }) => pod);
    const left = going.map((pod) => ({ pod: podName(pod), said: asked.get(pod.uid)?.said ?? '' }));
    const ended = endOf(pods) ?? stoppedBy(drain, deadline, left);
    if (ended) return ended;
    drain.onRound?.(left);
    const hopeless = await evictRound(drain, going, asked);
    if (hopeless.length > 0) return { drained: false, why: 'misconfigured', left: hopeless };
    await pause(drain);
  }
}

/** Whether what is on the node ends the drain: nothing that goes, or something that may not. */
function endOf(pods: readonly DecidedPod[]): Drained | undefined {
  const refusing = pods.find(({ decision }) => decision.does === 'refuse' || decision.does === 'unknown');
  if (refusing) return { drained: false, why: 'refused', pod: podName(refusing.pod), decision: refusing.decision };
  return pods.some(({ decision }) => decision.does === 'evict') ? undefined : { drained: true };
}

function stoppedBy({ signal, timing }: PodDrain, deadline: number, left: readonly PodLeft[]): Drained | undefined {
  if (signal.aborted) return { drained: false, why: 'interrupted', left };
  return timing.monotonicMs() >= deadline ? { drained: false, why: 'timed-out', left } : undefined;
}

/** The signal is looked at by who goes on. */
async function pause({ timing, signal }: PodDrain): Promise<void> {
  await timing.sleep(pauseMs, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

interface Asked {
  /** Monotonic; not before. */
  readonly again: number;
  readonly said: string;
}

interface DecidedPod {
  readonly pod: ClusterPod;
  readonly decision: DrainDecision;
}

async function readPods({ api, node, options }: PodDrain): Promise<readonly DecidedPod[]> {
  const [pods, daemonSets] = await Promise.all([
    api.list('/api/v1/pods', { project: readClusterPod, fieldSelector: `spec.nodeName=${node}` }),
    api.list('/apis/apps/v1/daemonsets', { project: ({ metadata }) => nameOf(object(metadata)) }),
  ]);
  const known = new Set(daemonSets);
  const hasDaemonSet = (namespace: string, name: string): boolean => known.has(podName({ namespace, name }));
  return pods.map((pod) => ({ pod, decision: decideDrain(pod, options, hasDaemonSet) }));
}

function nameOf({ namespace, name }: Readonly<Record<string, unknown>>): string {
  return podName({ namespace: text(namespace), name: text(name) });
}

/** @returns pods that the server says waiting will not help */
async function evictRound(
  drain: PodDrain,
  pods: readonly ClusterPod[],
  asked: Map<string, Asked>,
): Promise<readonly PodLeft[]> {
  const now = drain.timing.monotonicMs();
  const due = pods.filter((pod) => !pod.deleting && (asked.get(pod.uid)?.again ?? now) <= now);
  const hopeless: PodLeft[] = [];
  await concurrently(due, atOnce, async (pod) => {
    const answer = await evictOne(drain, pod);
    const said = saidOf(answer);
    asked.set(pod.uid, { again: drain.timing.monotonicMs() + waitAfter(answer), said });
    if (answer.outcome === 'misconfigured') hopeless.push({ pod: podName(pod), said });
  });
  return hopeless;
}

/** What stands in the way for now, where it is none of the server's answers about evictions. */
type Answer = EvictResult | { readonly outcome: 'passing'; readonly message: string };

async function evictOne({ api, options }: PodDrain, { namespace, name, uid }: ClusterPod): Promise<Answer> {
  const { gracePeriodSeconds } = options;
  try {
    return await api.evict(namespace, name, {
      uid,
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    });
  } catch (error) {
    if (passes(error)) return { outcome: 'passing', message: (error as Error).message };
    throw error;
  }
}

/**
 * A server that is away; a pod that was written while it was evicted; a namespace that is being deleted, in which nothing
 * can be made, and so no eviction, until its pods are gone by themselves (kubectl drain waits for it too).
 */
function passes(error: unknown): boolean {
  if (!isNodemendError(error)) return false;
  const terminating = error.code === 'API_REJECTED' && String(error.params['message']).includes('is being terminated');
  return error.retryable || error.code === 'API_CONFLICT' || terminating;
}

function saidOf(answer: Answer): string {
  return 'message' in answer ? answer.message : answer.outcome;
}

function waitAfter(answer: Answer): number {
  const seconds = 'retryAfterSeconds' in answer ? answer.retryAfterSeconds : undefined;
  return seconds === undefined ? afterRefusalMs : seconds * 1000;
}

/** A server that is away is asked again, as long as there is time and nobody ends it. */
async function readPatiently(drain: PodDrain, deadline: number): Promise<readonly DecidedPod[]> {
  for (;;) {
    try {
      return await readPods(drain);
    } catch (error) {
      const over = drain.signal.aborted || drain.timing.monotonicMs() >= deadline;
      if (over || !isNodemendError(error) || !error.retryable) throw error;
      await pause(drain);
    }
  }
}
