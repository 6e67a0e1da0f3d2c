import type { JsonObject } from './api.ts';

/** The fields of a coordination.k8s.io/v1 Lease that matter here; the rest travels along in `raw`. */
export interface LeaseObject {
  readonly resourceVersion: string;
  /** `''` when nobody holds it. */
  readonly holder: string;
  readonly durationSeconds: number;
  /** RFC 3339 with microseconds, by the holder's clock: for people, never compared. */
  readonly renewTime: string;
  readonly transitions: number;
  /**
   * When the API server took the last write, milliseconds by the server's own clock; undefined where it does not tell.
   */
  readonly writtenAt: number | undefined;
  readonly raw: JsonObject;
}

/** What a write sets. */
export interface LeaseClaim {
  /** Undefined: released. */
  readonly holder: string | undefined;
  readonly durationSeconds: number;
  readonly now: Date;
}

interface RawLease {
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly managedFields?: readonly { readonly time?: string }[];
  };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export function readLease(raw: JsonObject): LeaseObject {
  const { metadata, spec = {} } = raw as RawLease;
  return {
    resourceVersion: metadata?.resourceVersion ?? '',
    holder: spec.holderIdentity ?? '',
    durationSeconds: spec.leaseDurationSeconds ?? 0,
    renewTime: spec.renewTime ?? '',
    transitions: spec.leaseTransitions ?? 0,
    writtenAt: lastWrite(metadata?.managedFields ?? []),
    raw,
  };
}

/**
 * Each client that wrote has an entry, whose time the server sets again with every change (apimachinery managedfields).
 */
function lastWrite(entries: readonly { readonly time?: string }[]): number | undefined {
  const times = entries.map(({ time = '' }) => Date.parse(time)).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.max(...times);
}

export function newLease(namespace: string, name: string, claim: LeaseClaim): JsonObject {
  const time = microTime(claim.now);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace, name },
    spec: {
      holderIdentity: claim.holder ?? '',
      leaseDurationSeconds: claim.durationSeconds,
      acquireTime: time,
      renewTime: time,
      leaseTransitions: 0,
    },
  };
}

/**
 * The object to PUT. Its resourceVersion is the one that was read, so that the server refuses it when anybody wrote
 * meanwhile. A change of hands counts a transition and starts a new acquireTime; labels and annotations of others stay.
 */
export function claimedLease(lease: LeaseObject, { holder, durationSeconds, now }: LeaseClaim): JsonObject {
  const { holderIdentity: _before, ...spec } = (lease.raw['spec'] ?? {}) as JsonObject;
  const time = microTime(now);
  const taken = holder !== undefined && holder !== lease.holder;
  return {
    ...lease.raw,
    spec: {
      ...spec,
      ...(holder === undefined ? {} : { holderIdentity: holder }),
      leaseDurationSeconds: durationSeconds,
      ...(taken ? { acquireTime: time, leaseTransitions: lease.transitions + 1 } : {}),
      renewTime: time,
    },
  };
}

/** `meta/v1` MicroTime. */
function microTime(date: Date): string {
  return date.toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
}
