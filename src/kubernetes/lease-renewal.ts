import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import type { KubernetesApi } from './api.ts';
import { apiPath } from './api-path.ts';
import { elapsedMs, momentOf, type Moment } from './elapsed.ts';
import { claimedLease, readLease, type LeaseObject } from './lease-object.ts';
import type { Timing } from './timing.ts';

/** A lease in our hands, renewed in the background until it is released or lost. */
export interface HeldLease {
  readonly holder: string;
  /** Aborted with LEASE_LOST when the lease is no longer safely ours: stop before the next change. */
  readonly lost: AbortSignal;
  /** @throws NodemendError LEASE_LOST. To be asked right before each change. */
  readonly assertHeld: () => void;
  /**
   * Ends the renewal and frees the lease for others at once; a lease that is no longer ours is left alone. A server
   * that is away is waited for, half a minute at most.
   * @throws NodemendError API_…: the lease then names us until it has run out.
   */
  readonly release: () => Promise<void>;
}

export interface KeepOptions {
  readonly namespace: string;
  readonly name: string;
  readonly holder: string;
  readonly durationSeconds: number;
  readonly timing: Timing;
  readonly lease: LeaseObject;
  /** Before the claim was sent. */
  readonly claimedAt: Moment;
}

const retryMs = 2_000;
/** A server that is away is waited for so long before a lease is left to run out. */
export const releasePatienceMs = 30_000;

/**
 * Renews at a third of the duration. Others may take over one whole duration after the last change that they saw, so
 * what could not be renewed for two thirds of it, counted from before the last good write was sent, is given up.
 */
export function keepLease(api: KubernetesApi, options: KeepOptions): HeldLease {
  const { timing, durationSeconds, namespace, name, holder } = options;
  const label = `${namespace}/${name}`;
  const path = apiPath({ group: 'coordination.k8s.io', version: 'v1', namespace, resource: 'leases', name });
  const lost = new AbortController();
  const stop = new AbortController();
  let lease = options.lease;
  let renewedAt = options.claimedAt;

  const thirdMs = (durationSeconds * 1000) / 3;

  const lose = (problem: string, cause?: unknown) =>
    lost.abort(new NodemendError('LEASE_LOST', { lease: label, problem }, { cause }));
  /** How long it may still go unrenewed, by the clock that has gone on the most. */
  const leftMs = () => 2 * thirdMs - elapsedMs(timing, renewedAt);
  const isOverdue = () => leftMs() <= 0;
  const write = async (newHolder: string | undefined, signal?: AbortSignal) => {
    const body = claimedLease(lease, { holder: newHolder, durationSeconds, now: new Date(timing.now()) });
    lease = await api.replace(path, body, readLease, signal);
  };
  /** Another write than ours, such as a label, may have moved the version: only a change of hands ends it. */
  const reread = async (signal?: AbortSignal): Promise<boolean> => {
    lease = await api.get(path, readLease, signal);
    return lease.holder === holder;
  };
  const renewOnce = async (): Promise<void> => {
    const sentAt = momentOf(timing);
    // A server that hangs must not carry us past the deadline.
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(Math.max(1, leftMs()))]);
    try {
      await write(holder, signal);
      renewedAt = sentAt;
    } catch (error) {
      if (!hasCode(error, 'API_CONFLICT')) throw error;
      if (!(await reread(signal)))
        lose(lease.holder === '' ? 'somebody else released it' : `${lease.holder} took it over`);
    }
  };
  /** May be repeated: every write is a compare-and-swap, so one that had arrived unheard is found out. */
  const free = async (): Promise<void> => {
    try {
      await write(undefined);
    } catch (error) {
      if (!hasCode(error, 'API_CONFLICT')) throw error;
      // A renewal that was cut short may have reached the server anyway.
      if (await reread()) await write(undefined);
    }
  };
  const renew = async () => {
    let waitMs = thirdMs;
    while (!lost.signal.aborted) {
      await timing.sleep(waitMs, stop.signal);
      const before = renewedAt;
      const error = await renewOnce().catch((failure: unknown) => failure);
      if (hasCode(error, 'API_NOT_FOUND')) lose('it was deleted', error);
      else if (isOverdue()) lose(error instanceof Error ? error.message : 'it could not be renewed in time', error);
      waitMs = renewedAt === before ? Math.min(retryMs, thirdMs / 2) : thirdMs;
    }
  };
  // Rejects only when `stop` ends a sleep.
  const renewing = renew().catch(() => undefined);

  return {
    holder,
    lost: lost.signal,
    assertHeld: () => {
      // A machine that slept wakes up with a lease that is long overdue before the renewal notices.
      if (isOverdue()) lose('it could not be renewed in time');
      lost.signal.throwIfAborted();
    },
    release: async () => {
      stop.abort();
      await renewing;
      const giveUpAt = timing.monotonicMs() + releasePatienceMs;
      while (!lost.signal.aborted) {
        try {
          return await free();
        } catch (error) {
          if (hasCode(error, 'API_NOT_FOUND')) return;
          if (!isNodemendError(error) || !error.retryable || timing.monotonicMs() >= giveUpAt) throw error;
          await timing.sleep(retryMs);
        }
      }
    },
  };
}

function hasCode(error: unknown, code: NodemendError['code']): boolean {
  return isNodemendError(error) && error.code === code;
}
