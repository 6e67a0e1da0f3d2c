import type { Evidence, MountedClaim, Observed, UnknownReason } from '../../evidence/evidence.ts';
import type { VolumeClaim, VolumeFacts } from '../../evidence/volumes/volume-facts.ts';
import { parseQuantity } from '../../runtimes/kubelet/quantity.ts';
import { cinderDriver } from './cinder.ts';

/** Claims of Cinder's volumes, and those whose file system is not as large as its volume. */
export interface Sizes {
  readonly claims: number;
  readonly notGrown: readonly NotGrown[];
  /** Nodes whose kubelet did not tell what is mounted, with the first reason. */
  readonly unknown: { readonly nodes: readonly string[]; readonly reason: UnknownReason } | undefined;
  /** Whether no kubelet was asked. */
  readonly isUnread: boolean;
}

export interface NotGrown {
  readonly claim: string;
  readonly capacity: string;
  /** Of the file system; absent where only the claim's condition tells it. */
  readonly bytes?: number;
}

const [kib, gib] = [1024, 1024 ** 3];
const mib = kib * 1024;

/**
 * The most that a file system keeps of a volume for itself, bytes: inode tables, bitmaps, the journal. An upper bound of
 * what `dumpe2fs` says of file systems made by mke2fs 1.47 (1 GiB: 51 MiB, 10: 261, 16: 429, 100: 2,179, 500: 9,132);
 * XFS takes less.
 */
export function mostOverhead(bytes: number): number {
  return bytes / 56 + Math.max(64 * mib, Math.min(bytes / 128, gib)) + 64 * mib;
}

/** A controller that grew the volume a moment ago is at work still. */
const settlesMs = 10 * 60_000;

export function sizesOf({ nodes, collectedAt }: Evidence, facts: VolumeFacts): Observed<Sizes> {
  const { claims, volumes } = facts;
  if (claims.state !== 'seen') return claims;
  if (volumes.state !== 'seen') return volumes;
  const own = new Set(volumes.value.filter(({ driver }) => driver === cinderDriver).map(({ name }) => name));
  const ofCinder = claims.value.filter(({ volume }) => own.has(volume));
  const asked = nodes.flatMap(({ name, mounted }) => (mounted === undefined ? [] : [{ name, mounted }]));
  const seen = asked.flatMap(({ mounted }) => (mounted.state === 'seen' ? mounted.value : []));
  const lost = asked.flatMap(({ name, mounted }) =>
    mounted.state === 'unknown' ? [{ name, reason: mounted.reason }] : [],
  );
  const isUnread = ofCinder.length > 0 && asked.length === 0;
  const before = Date.parse(collectedAt) - settlesMs;
  const value = {
    claims: ofCinder.length,
    notGrown: ofCinder.flatMap((claim) => notGrown(claim, seen, { before, isUnread })),
    unknown:
      ofCinder.length === 0 || lost[0] === undefined
        ? undefined
        : { nodes: lost.map(({ name }) => name), reason: lost[0].reason },
    isUnread,
  };
  return { state: 'seen', value };
}

/** One that no pod has mounted grows when a pod mounts it, whatever its condition says. */
function notGrown(
  { namespace, name, capacity, resizePendingSince }: VolumeClaim,
  seen: readonly MountedClaim[],
  { before, isUnread }: { readonly before: number; readonly isUnread: boolean },
): readonly NotGrown[] {
  const claim = `${namespace}/${name}`;
  const bytes = seen.find((one) => one.namespace === namespace && one.name === name)?.capacityBytes;
  const volume = parseQuantity(capacity);
  if (bytes !== undefined && volume !== undefined && bytes < volume - mostOverhead(volume))
    return [{ claim, capacity, bytes }];
  const isPending = resizePendingSince !== undefined && Date.parse(resizePendingSince) <= before;
  return isPending && (isUnread || bytes !== undefined) ? [{ claim, capacity }] : [];
}
