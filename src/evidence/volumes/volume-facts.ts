import type { Observed } from '../evidence.ts';

/** Volumes of the cluster, as far as it tells who waits for one, and for what; a kind that may not be listed is unknown. */
export interface VolumeFacts {
  /** Sorted by namespace and name. */
  readonly claims: Observed<readonly VolumeClaim[]>;
  /** Those that a claim is bound to, sorted by name. */
  readonly volumes: Observed<readonly PersistentVolume[]>;
  /** Sorted by volume and node. */
  readonly attachments: Observed<readonly VolumeAttachment[]>;
  readonly drivers: Observed<readonly CsiDriver[]>;
}

/** A PersistentVolumeClaim that has its volume. */
export interface VolumeClaim {
  readonly namespace: string;
  readonly name: string;
  /** Name of its PersistentVolume. */
  readonly volume: string;
  /** What it was given (`status.capacity.storage`), as a quantity: `10Gi`. */
  readonly capacity: string;
  /** Since when the file system on it has still to grow (`FileSystemResizePending`), RFC 3339; absent where it has not. */
  readonly resizePendingSince?: string;
}

export interface PersistentVolume {
  readonly name: string;
  /** Of CSI, `cinder.csi.openstack.org`; what Kubernetes mounts itself is `kubernetes.io/` and its field, as `nfs`. */
  readonly driver: string;
  /** Empty where none is written down. */
  readonly fsType: string;
  readonly accessModes: readonly string[];
}

export interface VolumeAttachment {
  /** Name of the PersistentVolume. */
  readonly volume: string;
  readonly node: string;
  readonly attached: boolean;
}

export interface CsiDriver {
  readonly name: string;
  /** Whether its volumes have to be attached before they are mounted. */
  readonly attaches: boolean;
  /** When kubelet changes the owner of its volumes (`spec.fsGroupPolicy`): `ReadWriteOnceWithFSType`, `File`, `None`. */
  readonly fsGroupPolicy: string;
}
