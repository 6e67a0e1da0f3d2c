/**
 * What a message of kubelet or of a runtime says is wrong. Frozen: scripts compare them. `other` means "leave it alone,
 * here is the text": a wrong confident answer is worse than none.
 */
export const labels = [
  'dockerhub-rate-limit',
  'other-registry-rate-limit',
  'auth-required',
  'auth-or-missing',
  'not-found',
  'dns',
  'network-unreachable',
  'tls',
  'sandbox-image-missing',
  'retired-registry',
  'unsupported-manifest',
  'disk-full',
  'memory-cgroup',
  'oom',
  'fork-limit',
  'mount-or-volume',
  'cni',
  'invalid-image-name',
  'other',
] as const;

export type Label = (typeof labels)[number];

/** As an event, a container status or a log line has it. */
export interface Message {
  readonly message: string;
  /** Of the event or of the waiting container: `FailedMount`, `InvalidImageName`. */
  readonly reason?: string;
  /** Who says it: `kubelet`, `dockerd`. */
  readonly component?: string;
}
