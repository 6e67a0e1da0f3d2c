import { isNodemendError } from '../../errors/nodemend-error.ts';
import { leaseNamespaceMissing } from './prepared.ts';
import { acquireLease, forsakenAfter } from '../../kubernetes/lease.ts';
import { systemTiming } from '../../kubernetes/timing.ts';
import { defaultLease } from '../default-lease.ts';
import type { RunDependencies } from './run-request.ts';

/** The lease of a run, or what stands for it where there is no API server. */
export interface RunLease {
  /** @throws NodemendError LEASE_LOST. */
  readonly assertHeld: () => void;
  /** Never throws: what was done is worth more than a lease that ends by itself. It is told when it stays. */
  readonly release: () => Promise<void>;
}

/**
 * Renewed at a third of it; the lease of a run that died is free for others after two of them, for the same run at
 * once.
 */
export const durationSeconds = 15 * 60;

/**
 * One run at a time per cluster. The holder is the run, so that `resume` and `undo` of a run that died need not wait.
 * @throws NodemendError LEASE_HELD, LEASE_NAMESPACE_MISSING, API_….
 */
export async function takeLease(dependencies: RunDependencies, run: string): Promise<RunLease> {
  const { api, lease = defaultLease, timing = systemTiming, signal } = dependencies;
  if (!api) return { assertHeld: () => {}, release: async () => {} };
  let takenFrom: string | undefined;
  const held = await acquireLease(api, {
    ...lease,
    holder: run,
    durationSeconds,
    waitSeconds: 0,
    timing,
    signal,
    onTakeover: ({ from }) => (takenFrom = from),
  }).catch((error: unknown) => {
    // A lease that is not there is made: what else is not there is its namespace.
    throw isNodemendError(error) && error.code === 'API_NOT_FOUND'
      ? leaseNamespaceMissing(api, [lease.namespace], error)
      : error;
  });
  const from = takenFrom === undefined ? {} : { from: takenFrom };
  const label = `${lease.namespace}/${lease.name}`;
  dependencies.onEvent({ event: 'lease-taken', lease: label, ...from });
  const release = async (): Promise<void> => {
    try {
      await held.release();
    } catch (error) {
      if (isNodemendError(error))
        dependencies.onEvent({
          event: 'lease-kept',
          lease: label,
          seconds: forsakenAfter * durationSeconds,
          code: error.code,
          params: error.params,
        });
    }
  };
  return { assertHeld: held.assertHeld, release };
}
