import { NodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import type { PodJob } from './job-manifest.ts';
import { readable } from './readable.ts';
import type { PodSettings } from './pod-settings.ts';
import type { PodState } from './pod-state.ts';

/** What kubelet says when it cannot get the image (kubernetes pkg/kubelet/images/types.go). */
const imageReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'ImageInspectError',
  'SignatureValidationFailed',
]);

/** Why a pod that there is will not run any more; undefined while it may. */
export function podTrouble(
  { trouble, name, phase }: PodState,
  { node }: PodJob,
  { image, namespace }: PodSettings,
): NodemendError | undefined {
  if (trouble === undefined)
    return phase === 'Succeeded'
      ? new NodemendError('POD_NOT_STARTED', { node, namespace, pod: name, detail: 'it ended' })
      : undefined;
  const detail = [trouble.reason, trouble.message].filter((part) => part !== '').join(': ');
  if (imageReasons.has(trouble.reason)) return new NodemendError('POD_IMAGE_UNAVAILABLE', { node, image, detail });
  return new NodemendError('POD_NOT_STARTED', { node, namespace, pod: name, detail });
}

interface NodeCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * A node whose kubelet does not answer starts no pod; the list is what the shipped role allows, not the single node.
 */
export async function nodeTrouble(
  api: KubernetesApi,
  { node }: PodJob,
  signal: AbortSignal,
): Promise<NodemendError | undefined> {
  const project = (raw: JsonObject): NodeCondition | undefined => {
    const { conditions = [] } = (raw['status'] ?? {}) as { readonly conditions?: readonly NodeCondition[] };
    return conditions.find(({ type }) => type === 'Ready');
  };
  const nodes = await readable(api.list('/api/v1/nodes', { fieldSelector: `metadata.name=${node}`, project, signal }));
  if (nodes === undefined) return undefined;
  const [ready] = nodes;
  if (nodes.length > 0 && ready?.status === 'True') return undefined;
  const detail = nodes.length === 0 ? 'the API server does not know the node' : readiness(ready);
  return new NodemendError('POD_NODE_NOT_READY', { node, detail });
}

function readiness(ready: NodeCondition | undefined): string {
  if (ready === undefined) return 'it has never reported';
  return [ready.reason, ready.message].filter(Boolean).join(': ');
}

interface ObservedEvent {
  readonly reason: string;
  readonly message: string;
  readonly at: string;
}

/** The last warning about an object of the namespace; undefined when there is none, or when events may not be read. */
export async function lastWarning(
  api: KubernetesApi,
  { namespace }: PodSettings,
  about: string,
  signal: AbortSignal,
): Promise<ObservedEvent | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const events = await readable(
    api.list(path, { fieldSelector: `involvedObject.name=${about},type=Warning`, project: readEvent, signal }),
  );
  return events?.toSorted((a, b) => a.at.localeCompare(b.at)).at(-1);
}

function readEvent(raw: JsonObject): ObservedEvent {
  const { reason, message, lastTimestamp, eventTime } = raw as { readonly [key: string]: string | null | undefined };
  return { reason: reason ?? '', message: message ?? '', at: lastTimestamp ?? eventTime ?? '' };
}
