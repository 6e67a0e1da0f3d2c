import { NodemendError } from '../../errors/nodemend-error.ts';
import type { PodJob } from './job-manifest.ts';
import { holdLifeline, type Lifeline } from './lifeline.ts';
import { createPodJob, removePodJob } from './pod-job.ts';
import type { PodSettings } from './pod-settings.ts';
import type { PodState } from './pod-state.ts';
import type { PodWatch } from './pod-watch.ts';
import type { RunningPod } from './running-pod.ts';
import { podRoom } from './pod-room.ts';
import { lastWarning, nodeTrouble, podTrouble } from './why-not.ts';

/** After so long without a pod, or without its kubelet having taken it up, it is asked why. */
const patienceMs = 2_000;

export interface PodCluster {
  readonly settings: PodSettings;
  readonly watch: PodWatch;
}

export interface HeldPod extends RunningPod, Lifeline {}

/**
 * Makes a job's pod run on its node, and holds it. What it made is gone again when it throws.
 * @throws NodemendError POD_…, API_…; the signal's reason.
 */
export async function startPod(cluster: PodCluster, job: PodJob, signal: AbortSignal): Promise<HeldPod> {
  const { settings } = cluster;
  // A pod for a kubelet that does not answer would stay, and even removed it would until that comes back.
  const trouble = await nodeTrouble(settings.api, job, signal);
  if (trouble) throw trouble;
  const room = await podRoom(settings.api, job, signal);
  if (room === 'none') throw new NodemendError('POD_NODE_FULL', { node: job.node });
  try {
    await createPodJob(settings, job, room === 'some');
    const { name } = await whenRunning(cluster, job, signal);
    const pod: RunningPod = { node: job.node, namespace: settings.namespace, pod: name };
    return { ...pod, ...(await holdLifeline(settings.api, pod, signal)) };
  } catch (error) {
    await removePodJob(settings, job);
    throw error;
  }
}

async function whenRunning(cluster: PodCluster, job: PodJob, signal: AbortSignal): Promise<PodState> {
  const { settings, watch } = cluster;
  const deadline = AbortSignal.timeout(settings.startTimeoutMs);
  const settled = new AbortController();
  const until = AbortSignal.any([signal, deadline, settled.signal]);
  const asking = askWhy(cluster, job, until).then(
    (error) => error && settled.abort(error),
    () => undefined,
  );
  try {
    const pod = await watch.until(
      job.name,
      (state) => (state?.running || (state && podTrouble(state, job, settings)) ? state : undefined),
      until,
    );
    const trouble = podTrouble(pod, job, settings);
    if (trouble) throw trouble;
    return pod;
  } catch (error) {
    if (!deadline.aborted || error !== deadline.reason) throw error;
    throw await lateness(cluster, job, signal);
  } finally {
    settled.abort();
    await asking;
  }
}

/** Looks again and again at what keeps the pod from being made or taken up. */
async function askWhy(cluster: PodCluster, job: PodJob, until: AbortSignal): Promise<NodemendError | undefined> {
  const { settings, watch } = cluster;
  for (;;) {
    await pause(patienceMs, until);
    if (until.aborted) return undefined;
    const pod = watch.podOf(job.name);
    if (pod?.accepted) return undefined;
    const refused = pod ? undefined : await lastWarning(settings.api, settings, job.name, until);
    if (refused?.reason === 'FailedCreate')
      return new NodemendError('POD_REFUSED', {
        node: job.node,
        namespace: settings.namespace,
        message: refused.message,
      });
    const trouble = await nodeTrouble(settings.api, job, until);
    if (trouble) return trouble;
  }
}

/** The pod was not refused and did not fail: it is just not there yet. */
async function lateness({ settings, watch }: PodCluster, job: PodJob, signal: AbortSignal): Promise<NodemendError> {
  const pod = watch.podOf(job.name);
  const about = pod?.name ?? job.name;
  const warning = await lastWarning(settings.api, settings, about, signal);
  const seconds = settings.startTimeoutMs / 1000;
  const last = warning
    ? `${warning.reason}: ${warning.message}`
    : pod
      ? `it is ${pod.phase}`
      : 'the Job controller has not made it';
  return new NodemendError('POD_NOT_STARTED', {
    node: job.node,
    namespace: settings.namespace,
    pod: about,
    detail: `not within ${seconds} s; ${last}`,
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
