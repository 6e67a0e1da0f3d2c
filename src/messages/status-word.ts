/**
 * What kubectl prints in the columns STATUS and REASON, by the entry that explains it. Sources: kubernetes/kubernetes
 * pkg/kubelet/images/types.go and pkg/kubelet/container/sync_result.go (waiting), pkg/kubelet/events/event.go (events),
 * pkg/printers/internalversion/printers.go (STATUS), core/v1 NodeConditionType.
 */
const words = {
  'pull-fails': ['ImagePullBackOff', 'ErrImagePull'],
  'never-pulled': ['ErrImageNeverPull'],
  'bad-image-name': ['InvalidImageName'],
  'image-not-read': ['ImageInspectError'],
  'registry-unavailable': ['RegistryUnavailable'],
  'configuration-missing': ['CreateContainerConfigError'],
  'not-started': [
    'CreateContainerError',
    'RunContainerError',
    'ContainerCannotRun',
    'StartError',
    'PostStartHookError',
  ],
  'crash-loop': ['CrashLoopBackOff', 'BackOff'],
  'being-made': ['ContainerCreating', 'PodInitializing'],
  'no-sandbox': ['FailedCreatePodSandBox', 'CreatePodSandboxError', 'SandboxChanged'],
  'no-volume': ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume'],
  'out-of-memory': ['OOMKilled', 'OOMKilling', 'SystemOOM'],
  evicted: ['Evicted', 'EvictionThresholdMet'],
  'not-scheduled': ['Pending', 'FailedScheduling', 'Unschedulable'],
  'not-answering': ['Unhealthy', 'ProbeError'],
  terminating: ['Terminating'],
  'node-not-ready': ['NotReady', 'NodeNotReady', 'NodeLost'],
  'disk-pressure': ['DiskPressure', 'NodeHasDiskPressure', 'FreeDiskSpaceFailed', 'ImageGCFailed'],
  'memory-pressure': ['MemoryPressure', 'NodeHasInsufficientMemory'],
  'pid-pressure': ['PIDPressure', 'NodeHasInsufficientPID'],
  'network-unavailable': ['NetworkUnavailable', 'NetworkNotReady'],
  cordoned: ['SchedulingDisabled', 'NodeNotSchedulable'],
  // nodemend's own, in the first column of `diagnose`.
  'result-fail': ['FAIL'],
  'result-warn': ['WARN'],
  'result-unknown': ['unknown'],
  'result-pass': ['pass', 'ok'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type StatusEntry = keyof typeof words;

const entries = Object.entries(words) as readonly (readonly [StatusEntry, readonly string[]])[];

/** Every word, as it is printed. */
export const statusWords: readonly string[] = entries.flatMap(([, printed]) => printed);

/** The entry of a word as it was typed, in any case, and as it is printed; undefined for what is none. */
export function statusOf(typed: string): { readonly entry: StatusEntry; readonly word: string } | undefined {
  // `kubectl get nodes` joins them: NotReady,SchedulingDisabled. `Init:` stands before those of init containers.
  const wanted = typed
    .replace(/^init:/i, '')
    .split(',')[0]
    ?.trim()
    .toLowerCase();
  for (const [entry, printed] of entries) {
    const word = printed.find((one) => one.toLowerCase() === wanted);
    if (word !== undefined) return { entry, word };
  }
  return undefined;
}
