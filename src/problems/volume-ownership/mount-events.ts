import type { MountingPod, PodWarning } from '../../evidence/pod-facts.ts';

/** What is said of one pod's volumes. */
export interface MountEvents {
  /** Names, in the pod, of volumes that were not mounted in time, by the latest that kubelet says of it. */
  readonly timedOut: readonly string[];
  /** Names of PersistentVolumes whose mount failed lately for a reason of its own. */
  readonly failed: ReadonlySet<string>;
  /** Names of PersistentVolumes that could not be attached. */
  readonly notAttached: ReadonlySet<string>;
  /** Folders of volumes whose owner is being changed, as kubelet names them; the latest first. */
  readonly changing: readonly string[];
}

/**
 * kubelet gives up waiting for a pod's volumes (pkg/kubelet/volumemanager, WaitForAttachAndMount), in the words of 1.23
 * or of 1.34. The same words stand behind failures of configmaps and secrets, whose messages begin otherwise.
 */
const waited =
  /^Unable to attach or mount volumes: unmounted volumes=\[([^\]]*)\], [^]*(?:timed out waiting for the condition|context deadline exceeded)$/;

/** `MountVolume.SetUp failed`, `MountVolume.NewMounter initialization failed` (pkg/volume/util/operationexecutor). */
const mountFailed = /^MountVolume\.\w+ (?:\w+ )?failed for volume "([^"]+)"/;

/** pkg/volume/util/operationexecutor and pkg/controller/volume/attachdetach. */
const attachFailed = /^(?:AttachVolume\.\w+ failed|Multi-Attach error) for volume "([^"]+)"/;

/** Said by kubelet 1.34 (pkg/volume/volume_linux.go); earlier ones have it in their log alone. */
const ownerChanges = /^Setting volume ownership for (\S+?),? (?:is taking longer|processed)/;

/** A mount that fails is tried again after two minutes at most (pkg/util/goroutinemap/exponentialbackoff). */
const lateMs = 5 * 60_000;

export function mountEvents({ uid }: MountingPod, events: readonly PodWarning[]): MountEvents {
  const own = events.filter(({ podUid }) => podUid === uid).toSorted(latestFirst);
  const said = (reason: string, pattern: RegExp): readonly Said[] =>
    own.flatMap((event) => {
      const name = event.reason === reason ? pattern.exec(event.message)?.[1] : undefined;
      return name === undefined ? [] : [{ name, at: Date.parse(event.lastSeen) }];
    });
  const [latest] = said('FailedMount', waited);
  const isLate = ({ at }: Said): boolean => latest !== undefined && at < latest.at - lateMs;
  return {
    timedOut: latest?.name.split(' ').filter((name) => name !== '') ?? [],
    failed: namesOf(said('FailedMount', mountFailed).filter((one) => !isLate(one))),
    notAttached: namesOf(said('FailedAttachVolume', attachFailed)),
    changing: said('VolumePermissionChangeInProgress', ownerChanges).map(({ name }) => name),
  };
}

interface Said {
  readonly name: string;
  readonly at: number;
}

function namesOf(said: readonly Said[]): ReadonlySet<string> {
  return new Set(said.map(({ name }) => name));
}

function latestFirst(a: PodWarning, b: PodWarning): number {
  return Date.parse(b.lastSeen) - Date.parse(a.lastSeen);
}
