import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from './api.ts';
import { apiPath } from './api-path.ts';
import { elapsedMs, momentOf } from './elapsed.ts';
import { claimedLease, newLease, readLease, type LeaseObject } from './lease-object.ts';
import { keepLease, releasePatienceMs, type HeldLease } from './lease-renewal.ts';
import type { Timing } from './timing.ts';

export interface LeaseOptions {
  readonly namespace: string;
  readonly name: string;
  /** Who we are; one identity must never run twice at a time. Taking a lease that already names us goes on with it. */
  readonly holder: string;
  readonly durationSeconds: number;
  /**
   * How long to wait for a lease that another holds; 0: not at all. A dead holder's is free after its whole duration of
   * watching.
   */
  readonly waitSeconds: number;
  readonly timing: Timing;
  /** Told when a lease is taken from a holder that stopped renewing it. */
  readonly onTakeover?: (takeover: LeaseTakeover) => void;
  readonly signal?: AbortSignal;
}

export interface LeaseTakeover {
  readonly from: string;
  /** Last renewal by the old holder's clock. */
  readonly renewTime: string;
  /** For how long it had been left unchanged: as long as we watched it by our own clock, or by the server's. */
  readonly unchangedSeconds: number;
}

/** A lease that nobody has written for so many of its durations, by the server's clock, is free. */
export const forsakenAfter = 2;
/** Looks often enough to see a release soon, and seldom enough not to disturb. */
const pollMs = 2_000;

/**
 * Takes a Lease: creates it, takes a free one, or takes over one whose holder let it expire. Expiry is measured on our
 * own monotonic clock since we last saw the object change, and never by comparing clocks of two machines, so that a
 * takeover needs at least one whole duration of watching (client-go tools/leaderelection). Without watching, a lease is
 * free when the API server says, of its own clock alone, that nobody has written it for two of them: a run whose last
 * words did not get through must not keep all others out for ever. Every write is a compare-and-swap.
 * @throws NodemendError LEASE_HELD when another holds it and the waiting time is over; API_….
 */
export async function acquireLease(api: KubernetesApi, options: LeaseOptions): Promise<HeldLease> {
  const { timing, signal } = options;
  const startedAt = timing.monotonicMs();
  let seen: Observation | undefined;
  for (;;) {
    const claimedAt = momentOf(timing);
    const lease = await readOrCreate(api, options);
    seen = observe(seen, lease, {
      nowMs: timing.monotonicMs(),
      serverNow: timing.now() + (api.clockSkewMs() ?? Number.NaN),
    });
    const claimed = lease.created || isFree(seen, options) ? await claim(api, options, seen) : undefined;
    if (claimed?.ours) return keepLease(api, { ...options, lease: claimed.lease, claimedAt });
    const waitedMs = timing.monotonicMs() - startedAt;
    if (waitedMs + pollMs > options.waitSeconds * 1000) throw leaseHeld(claimed?.lease ?? lease, options);
    await timing.sleep(pollMs, signal);
  }
}

interface FoundLease extends LeaseObject {
  readonly created: boolean;
}

/** A lease and since when, on our clock, it has been as it is. */
interface Observation {
  readonly lease: FoundLease;
  readonly unchangedSince: number;
  readonly unchangedMs: number;
  /** Since the last write, by the server's clock; not a number where it does not tell. */
  readonly unwrittenMs: number;
}

interface Clocks {
  readonly nowMs: number;
  readonly serverNow: number;
}

function observe(before: Observation | undefined, lease: FoundLease, { nowMs, serverNow }: Clocks): Observation {
  const changed = before?.lease.resourceVersion !== lease.resourceVersion;
  const unchangedSince = changed || !before ? nowMs : before.unchangedSince;
  return {
    lease,
    unchangedSince,
    unchangedMs: nowMs - unchangedSince,
    unwrittenMs: serverNow - (lease.writtenAt ?? Number.NaN),
  };
}

function isFree({ lease, unchangedMs, unwrittenMs }: Observation, { holder, durationSeconds }: LeaseOptions): boolean {
  const durationMs = (lease.durationSeconds || durationSeconds) * 1000;
  return (
    lease.holder === '' ||
    lease.holder === holder ||
    unchangedMs >= durationMs ||
    unwrittenMs >= forsakenAfter * durationMs
  );
}

function leasePath({ namespace, name }: LeaseOptions, withName = true): string {
  return apiPath({
    group: 'coordination.k8s.io',
    version: 'v1',
    namespace,
    resource: 'leases',
    ...(withName ? { name } : {}),
  });
}

async function readOrCreate(api: KubernetesApi, options: LeaseOptions): Promise<FoundLease> {
  const { namespace, name, holder, durationSeconds, timing, signal } = options;
  try {
    return { ...(await api.get(leasePath(options), readLease, signal)), created: false };
  } catch (error) {
    if (!isNodemendError(error) || error.code !== 'API_NOT_FOUND') throw error;
  }
  const body = newLease(namespace, name, { holder, durationSeconds, now: new Date(timing.now()) });
  const { lease, ours } = await written(api, options, () =>
    api.create(leasePath(options, false), body, readLease, signal),
  );
  // Where somebody was faster, whoever it was is judged as one that was there before.
  return { ...lease, created: ours };
}

/** Writes our name; who wrote first instead is in `lease`. */
async function claim(
  api: KubernetesApi,
  options: LeaseOptions,
  { lease, unchangedMs, unwrittenMs }: Observation,
): Promise<Written> {
  if (lease.created) return { lease, ours: true };
  const { holder, durationSeconds, timing, signal } = options;
  const body: JsonObject = claimedLease(lease, { holder, durationSeconds, now: new Date(timing.now()) });
  const claimed = await written(api, options, () => api.replace(leasePath(options), body, readLease, signal));
  if (claimed.ours && lease.holder !== '' && lease.holder !== holder) {
    options.onTakeover?.({
      from: lease.holder,
      renewTime: lease.renewTime,
      unchangedSeconds: Math.round(Math.max(unchangedMs, unwrittenMs || 0) / 1000),
    });
  }
  return claimed;
}

interface Written {
  readonly lease: LeaseObject;
  /** Whether it names us now. */
  readonly ours: boolean;
}

/** With these the server says that it wrote nothing. */
const refusals: readonly NodemendError['code'][] = [
  'API_UNAUTHORIZED',
  'API_FORBIDDEN',
  'API_NOT_FOUND',
  'API_REJECTED',
  'API_THROTTLED',
];

/**
 * A write whose answer was lost may have arrived: sent once more it meets its own first copy as a conflict. What
 * stands there then says which it was. Without that, a lease that nobody knows to be his own keeps everybody out until
 * it has run out. @throws what the write threw, where the lease does not name us
 */
async function written(api: KubernetesApi, options: LeaseOptions, write: () => Promise<LeaseObject>): Promise<Written> {
  try {
    return { lease: await write(), ours: true };
  } catch (error) {
    if (isNodemendError(error) && refusals.includes(error.code)) throw error;
    return fateOf(api, options, error);
  }
}

async function fateOf(api: KubernetesApi, options: LeaseOptions, error: unknown): Promise<Written> {
  const lease = await readAfter(api, options, error);
  const ours = lease.holder === options.holder;
  if (options.signal?.aborted) {
    if (ours) await giveBack(api, options, lease);
    throw error;
  }
  if (!ours && !(isNodemendError(error) && error.code === 'API_CONFLICT')) throw error;
  return { lease, ours };
}

/** Ctrl-C does not cut it short: who is told that nothing was taken must be able to rely on it. */
async function readAfter(api: KubernetesApi, options: LeaseOptions, lost: unknown): Promise<LeaseObject> {
  const { timing } = options;
  const since = momentOf(timing);
  for (;;) {
    try {
      return await api.get(leasePath(options), readLease);
    } catch (error) {
      if (!isNodemendError(error) || !error.retryable || elapsedMs(timing, since) >= releasePatienceMs) throw lost;
      await timing.sleep(pollMs);
    }
  }
}

async function giveBack(api: KubernetesApi, options: LeaseOptions, lease: LeaseObject): Promise<void> {
  await keepLease(api, { ...options, lease, claimedAt: momentOf(options.timing) }).release();
}

function leaseHeld(lease: LeaseObject, { namespace, name }: LeaseOptions): NodemendError {
  return new NodemendError('LEASE_HELD', {
    lease: `${namespace}/${name}`,
    holder: lease.holder,
    renewTime: lease.renewTime,
    seconds: forsakenAfter * lease.durationSeconds,
  });
}
