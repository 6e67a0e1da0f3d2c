import type { KubernetesApi } from '../../kubernetes/api.ts';

/** What `pod` needs to know besides a node's name. */
export interface PodSettings {
  readonly api: KubernetesApi;
  /** Must exist and let privileged pods in. */
  readonly namespace: string;
  /** Any that has sh, sleep, rm, head, cat and chroot. */
  readonly image: string;
  /** `Never` for what was put onto the nodes; anything that may be pulled is named by its digest. */
  readonly pullPolicy: 'Never' | 'IfNotPresent';
  /** Secrets of the namespace. */
  readonly imagePullSecrets: readonly string[];
  /** Until a node whose pod does not run counts as unreachable; pulling the image is in it. */
  readonly startTimeoutMs: number;
}

/**
 * A namespace of its own, as in `deploy/`: anyone who can make pods in it is root on every node, and nothing else
 * should run there.
 */
export const defaultPodNamespace = 'nodemend-pod';
export const defaultPodStartTimeoutMs = 60_000;
