/** When a kubelet makes room on a node's disk by itself. Percent of the disk. */
export interface RoomThresholds {
  /** It evicts pods when less than this is available: `evictionHard` of `nodefs.available`. */
  readonly evictBelow: number;
  /** It removes images when at least this is used, until no more than `collectTo` is: `imageGCHighThresholdPercent`. */
  readonly collectFrom: number;
  readonly collectTo: number;
}

/** kubernetes pkg/kubelet/apis/config/v1beta1/defaults.go and defaults_linux.go, unchanged since 1.10. */
export const defaultThresholds: RoomThresholds = { evictBelow: 10, collectFrom: 85, collectTo: 80 };
