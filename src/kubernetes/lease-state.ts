import { isNodemendError } from '../errors/nodemend-error.ts';
import type { KubernetesApi } from './api.ts';
import { apiPath } from './api-path.ts';
import { claimedLease, readLease, type LeaseObject } from './lease-object.ts';
import type { Timing } from './timing.ts';

/** A Lease as somebody who does not hold it sees it. */
export interface LeaseState {
  /** `namespace/name`. */
  readonly label: string;
  readonly path: string;
  readonly lease: LeaseObject;
  /** Since the last write, by the server's own clock, seconds; undefined where it does not tell. */
  readonly unwrittenSeconds: number | undefined;
}

export interface LeaseQuestion {
  readonly namespace: string;
  readonly name: string;
  readonly timing: Timing;
  readonly signal?: AbortSignal;
}

/** Undefined where there is none. @throws NodemendError API_… */
export async function readLeaseState(
  api: KubernetesApi,
  { namespace, name, timing, signal }: LeaseQuestion,
): Promise<LeaseState | undefined> {
  const path = apiPath({ group: 'coordination.k8s.io', version: 'v1', namespace, resource: 'leases', name });
  try {
    const lease = await api.get(path, readLease, signal);
    const skew = api.clockSkewMs();
    const ageMs =
      skew === undefined || lease.writtenAt === undefined ? undefined : timing.now() + skew - lease.writtenAt;
    return {
      label: `${namespace}/${name}`,
      path,
      lease,
      unwrittenSeconds: ageMs === undefined ? undefined : Math.max(0, Math.round(ageMs / 1000)),
    };
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * Takes the holder's name off, as its release would: the holder itself learns of it at its next renewal, and stops.
 * @returns false where somebody wrote the lease since it was read @throws NodemendError API_…
 */
export async function freeLease(api: KubernetesApi, { path, lease }: LeaseState, timing: Timing): Promise<boolean> {
  const { durationSeconds } = lease;
  const body = claimedLease(lease, { holder: undefined, durationSeconds, now: new Date(timing.now()) });
  try {
    await api.replace(path, body, readLease);
    return true;
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_CONFLICT') return false;
    throw error;
  }
}
