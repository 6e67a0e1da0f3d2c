import { NodemendError, isNodemendError } from '../../errors/nodemend-error.ts';
import { jobManifest, type PodJob } from './job-manifest.ts';
import type { PodSettings } from './pod-settings.ts';

const patienceMs = 10_000;

/**
 * Not ended by an interruption: a request that is given up may be carried out anyway, after the one that removes
 * the job.
 * @throws NodemendError POD_NAMESPACE_MISSING, POD_REFUSED, API_…
 */
export async function createPodJob(settings: PodSettings, job: PodJob, isCritical: boolean): Promise<void> {
  try {
    await settings.api.create(
      jobsPath(settings),
      jobManifest(job, settings, isCritical),
      () => undefined,
      AbortSignal.timeout(3 * patienceMs),
    );
  } catch (error) {
    throw refusal(error, job, settings);
  }
}

/**
 * Asks the cluster to remove the job and its pod. What cannot be asked for happens by itself: nobody feeds the pod any
 * more.
 */
export async function removePodJob(settings: PodSettings, { name }: PodJob): Promise<void> {
  await settings.api
    .remove(`${jobsPath(settings)}/${name}`, { signal: AbortSignal.timeout(patienceMs), propagation: 'Foreground' })
    .catch(() => undefined);
}

function jobsPath({ namespace }: PodSettings): string {
  return `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`;
}

function refusal(error: unknown, { node }: PodJob, { namespace }: PodSettings): unknown {
  if (!isNodemendError(error)) return error;
  if (error.code === 'API_NOT_FOUND')
    return new NodemendError('POD_NAMESPACE_MISSING', { namespace }, { cause: error });
  if (error.code === 'API_REJECTED')
    return new NodemendError(
      'POD_REFUSED',
      { node, namespace, message: String(error.params['message']) },
      { cause: error },
    );
  return error;
}
