import { listPath } from '../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../kubernetes/api.ts';
import { object, text } from '../kubernetes/json-fields.ts';
import type { Observed } from './evidence.ts';
import type { PodWarning } from './pod-facts.ts';
import { redactText } from './redact.ts';
import { seeing } from './unknown.ts';

/**
 * Longer texts are cut, as kubelet cuts what it reports (`message` of core/v1 events: 1 KB since 1.20, more before).
 */
const longestMessage = 4096;

/**
 * What is said of a pod's volumes, by kubelet and by the controller that attaches them (pkg/kubelet/events/event.go):
 * which pod it is about is known from the event alone.
 */
const ofVolumes: ReadonlySet<string> = new Set([
  'FailedMount',
  'FailedAttachVolume',
  'VolumePermissionChangeInProgress',
]);

/**
 * What kubelet says where an image is missing, or a pod's cgroup cannot be made (pkg/kubelet/events/event.go); back-offs
 * only repeat it.
 */
const reasons: ReadonlySet<string> = new Set([
  ...ofVolumes,
  'Failed',
  'FailedCreatePodContainer',
  'FailedCreatePodSandBox',
  'FailedToRetrieveImagePullSecret',
  'InspectFailed',
  'ErrImageNeverPull',
]);

/**
 * Warnings about images and volumes of pods that the server still knows: they live one hour by default (`--event-ttl` of
 * kube-apiserver). Those of one kubelet with the same words about pods of the same namespace are one, the latest; about
 * volumes only those about the same pod.
 */
export function collectPodWarnings(
  api: KubernetesApi,
  signal: AbortSignal,
  namespace?: string,
): Promise<Observed<readonly PodWarning[]>> {
  return seeing(async () => {
    const fieldSelector = 'involvedObject.kind=Pod,type=Warning';
    const words = new Map<string, string>();
    const project = (raw: JsonObject) => (reasons.has(text(raw['reason'])) ? projectWarning(raw, words) : undefined);
    const warnings = await api.list(listPath({ group: '', version: 'v1', resource: 'events' }, namespace), {
      project,
      fieldSelector,
      signal,
    });
    return foldWarnings(warnings.filter((warning) => warning !== undefined));
  });
}

/**
 * Events of core/v1, also as events.k8s.io/v1 writes them (`eventTime`, `series`, `reportingInstance`).
 * @param words texts that were read before, as they are kept: many events say the same, and looking for secrets takes
 *   longest
 */
export function projectWarning(raw: JsonObject, words = new Map<string, string>()): PodWarning {
  const pod = object(raw['involvedObject']);
  const series = object(raw['series']);
  const { count } = raw;
  const repeated = series['count'];
  return {
    namespace: text(pod['namespace']),
    pod: text(pod['name']),
    podUid: text(pod['uid']),
    reason: text(raw['reason']),
    message: keptText(text(raw['message']), words),
    node: text(object(raw['source'])['host']) || text(raw['reportingInstance']),
    count: typeof repeated === 'number' ? repeated : typeof count === 'number' ? count : 1,
    lastSeen: text(series['lastObservedTime']) || text(raw['lastTimestamp']) || text(raw['eventTime']),
  };
}

function keptText(said: string, words: Map<string, string>): string {
  const known = words.get(said);
  if (known !== undefined) return known;
  const kept = redactText(said).slice(0, longestMessage);
  words.set(said, kept);
  return kept;
}

export function foldWarnings(warnings: readonly PodWarning[]): readonly PodWarning[] {
  const byWords = new Map<string, PodWarning>();
  for (const warning of warnings) {
    const { namespace, reason, node, message, podUid } = warning;
    const key = [namespace, reason, node, message, ...(ofVolumes.has(reason) ? [podUid] : [])].join('\n');
    const known = byWords.get(key);
    byWords.set(key, known === undefined ? warning : merged(known, warning));
  }
  return [...byWords].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, warning]) => warning);
}

function merged(a: PodWarning, b: PodWarning): PodWarning {
  return { ...(b.lastSeen >= a.lastSeen ? b : a), count: a.count + b.count };
}
