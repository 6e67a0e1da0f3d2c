import type { Observed, UnknownReason } from '../../evidence/evidence.ts';
import type { MountingPod } from '../../evidence/pod-facts.ts';
import type { CsiDriver, PersistentVolume, VolumeFacts } from '../../evidence/volumes/volume-facts.ts';
import type { MountEvents } from './mount-events.ts';

/** A volume that a pod with `fsGroup` waits for, and why. */
export type WaitingVolume =
  /** It is on the node, and kubelet changes the owner of every file on it. */
  | { readonly why: 'ownership'; readonly volume: string; readonly driver: string }
  | { readonly why: 'not-attached'; readonly volume: string }
  /** What would tell could not be read. */
  | { readonly why: 'unknown'; readonly reason: UnknownReason };

const inTree = 'kubernetes.io/';

/** Of what Kubernetes mounts itself: kubelet changes the owner of these alone (pkg/volume, NewVolumeOwnership). */
const ownedInTree: ReadonlySet<string> = new Set(['fc', 'flexVolume', 'iscsi', 'local', 'portworxVolume']);

/**
 * Why a pod waits for its volumes, volume by volume. One that is mounted, fails to be mounted, or whose owner kubelet
 * never changes is none of these: it waits for something else.
 */
export function waitingVolumes(pod: MountingPod, events: MountEvents, facts: VolumeFacts): readonly WaitingVolume[] {
  const { claims, volumes } = facts;
  if (claims.state !== 'seen') return doubt(pod, events, claims);
  if (volumes.state !== 'seen') return doubt(pod, events, volumes);
  return pod.claims.flatMap(({ volume: name, claim, readOnly = false }) => {
    const bound = claims.value.find((one) => one.namespace === pod.namespace && one.name === claim);
    const volume = volumes.value.find((one) => one.name === bound?.volume);
    if (volume === undefined) return [];
    if (events.changing.some((folder) => folder.split('/').includes(volume.name))) return [ownership(volume)];
    const isAwaited = events.timedOut.includes(name) || events.notAttached.has(volume.name);
    return isAwaited && !events.failed.has(volume.name) ? whyOf(volume, { node: pod.node, facts, readOnly }) : [];
  });
}

function doubt(
  pod: MountingPod,
  { timedOut, notAttached: away, changing }: MountEvents,
  unseen: Exclude<Observed<unknown>, { readonly state: 'seen' }>,
): readonly WaitingVolume[] {
  const waits = changing.length > 0 || away.size > 0 || pod.claims.some(({ volume }) => timedOut.includes(volume));
  return waits ? [unknown(unseen)] : [];
}

interface Surroundings {
  readonly node: string;
  readonly facts: VolumeFacts;
  readonly readOnly: boolean;
}

function whyOf(volume: PersistentVolume, { node, facts, readOnly }: Surroundings): readonly WaitingVolume[] {
  const owned = readOnly ? [] : [ownership(volume)];
  if (volume.driver.startsWith(inTree)) return ownedInTree.has(volume.driver.slice(inTree.length)) ? owned : [];
  if (facts.drivers.state !== 'seen') return [unknown(facts.drivers)];
  const driver = facts.drivers.value.find(({ name }) => name === volume.driver) ?? undeclared(volume.driver);
  const away = driver.attaches ? notAttached(volume, node, facts.attachments) : [];
  if (away.length > 0) return away;
  return changesOwner(volume, driver) ? owned : [];
}

/** Nothing for a volume that is attached to the node. */
function notAttached(
  { name }: PersistentVolume,
  node: string,
  attachments: VolumeFacts['attachments'],
): readonly WaitingVolume[] {
  if (attachments.state !== 'seen') return [unknown(attachments)];
  const isThere = attachments.value.some((one) => one.volume === name && one.node === node && one.attached);
  return isThere ? [] : [{ why: 'not-attached', volume: name }];
}

/** What kubelet takes of a driver that has no CSIDriver object (pkg/volume/csi, getFSGroupPolicy). */
function undeclared(name: string): CsiDriver {
  return { name, attaches: true, fsGroupPolicy: 'ReadWriteOnceWithFSType' };
}

/** By kubelet's own rule (pkg/volume/csi, supportsFSGroup). */
function changesOwner({ fsType, accessModes }: PersistentVolume, { fsGroupPolicy }: CsiDriver): boolean {
  if (fsGroupPolicy !== 'ReadWriteOnceWithFSType') return fsGroupPolicy === 'File';
  return fsType !== '' && accessModes.some((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod');
}

function ownership({ name, driver }: PersistentVolume): WaitingVolume {
  return { why: 'ownership', volume: name, driver };
}

function unknown(unseen: Exclude<Observed<unknown>, { readonly state: 'seen' }>): WaitingVolume {
  return { why: 'unknown', reason: unseen.state === 'unknown' ? unseen.reason : 'probe-failed' };
}
