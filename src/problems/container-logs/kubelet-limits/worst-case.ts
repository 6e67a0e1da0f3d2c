import type { DiskRoom } from '../../../disk/room.ts';
import type { KubeletFacts } from '../../../runtimes/kubelet/kubelet.ts';
import { bytesOf, containerLogs, type ContainerLogs } from '../logs/pod-logs.ts';
import type { KubeletLimits } from './kubelet-limits.ts';
import type { LogFiles } from '../logs/log-files.ts';

/** The most that logs can take, and what there is for them; bytes. */
export interface WorstCase {
  /** Of the containers that are on the node now. */
  readonly now: number;
  /** When kubelet has as many pods as it takes, with as many containers each as today's have. */
  readonly full: number;
  /** Containers then. */
  readonly fullContainers: number;
  /**
   * What today's logs may take before kubelet begins to make room: what they take, and what is free above its
   * threshold.
   */
  readonly room: number;
}

/**
 * kubelet deletes images from 85 % on (imageGCHighThresholdPercent): a disk that is meant to be fuller is in trouble
 * already.
 */
export const usable = 0.85;

/** What logs may take before kubelet begins to make room: what they take, and what is free above its threshold. */
export function roomForLogs(used: number, { available, size }: DiskRoom): number {
  return used + Math.max(0, available - size * (1 - usable));
}

/**
 * `containerLogMaxSize × containerLogMaxFiles` counts uncompressed files, as the two newest are; what is written
 * between two looks of kubelet (10 s) comes on top and is left out.
 */
export function worstCase(limits: KubeletLimits, kubelet: KubeletFacts, { pods }: LogFiles, disk: DiskRoom): WorstCase {
  const containers = livingContainers(kubelet, containerLogs(pods));
  const podCount = new Set(containers.map(({ pod }) => pod)).size;
  const perContainer = Math.max(0, limits.maxBytes.value) * limits.maxFiles.value;
  const perPod = podCount === 0 ? 1 : Math.max(1, containers.length / podCount);
  const fullContainers = Math.max(containers.length, Math.ceil(limits.maxPods.value * perPod));
  const room = roomForLogs(bytesOf(containers), disk);
  return { now: perContainer * containers.length, full: perContainer * fullContainers, fullContainers, room };
}

/** Whether the logs of a full node would not even fit on an empty disk. */
export function exceedsDisk({ full }: WorstCase, disk: DiskRoom): boolean {
  return full > disk.size * usable;
}

/** Those of pods that kubelet knows; all of them where it cannot be told. */
export function livingContainers(
  { knownPods }: KubeletFacts,
  containers: readonly ContainerLogs[],
): readonly ContainerLogs[] {
  return knownPods === undefined ? containers : containers.filter(({ pod }) => knownPods.has(pod));
}
