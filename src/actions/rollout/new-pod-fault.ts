import type { JsonObject } from '../../kubernetes/api.ts';

/**
 * Why a container waits when its image will not come (kubelet pkg/kubelet/images/types.go). `ErrImagePull` is the first
 * failure, after which kubelet tries again: it becomes ImagePullBackOff when that fails too.
 */
const imageReasons: ReadonlySet<string> = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
]);

interface ContainerImage {
  readonly name: string;
  readonly image: string;
}

/** A pod as far as it is judged: what it should run, since when it is there, and what its containers wait for. */
export interface WatchedPod {
  readonly name: string;
  /** RFC 3339, by the API server's clock. */
  readonly createdAt: string;
  readonly images: readonly ContainerImage[];
  readonly waiting: readonly { readonly container: string; readonly reason: string }[];
}

export function projectPod(raw: JsonObject): WatchedPod {
  const [metadata, spec, status] = [fieldsOf(raw['metadata']), fieldsOf(raw['spec']), fieldsOf(raw['status'])];
  return {
    name: textOf(metadata['name']),
    createdAt: textOf(metadata['creationTimestamp']),
    images: imagesOf(spec),
    waiting: waitingOf(status),
  };
}

/** The containers of a pod's specification, and their images. */
export function imagesOf(spec: unknown): readonly ContainerImage[] {
  const fields = fieldsOf(spec);
  return [...listOf(fields['initContainers']), ...listOf(fields['containers'])].map((container) => ({
    name: textOf(container['name']),
    image: textOf(container['image']),
  }));
}

/** A container that waits and, by its reason, will not go on in a minute. */
export interface PodFault {
  readonly pod: string;
  readonly container: string;
  readonly reason: string;
}

/**
 * What keeps a pod of the new template from starting; undefined while nothing does. A pod is new when it was made since
 * the change and is to run what the template says: of the old ones the run is not to blame. Pure.
 */
export function newPodFault(
  pods: readonly WatchedPod[],
  { since, images }: { readonly since: string; readonly images: readonly ContainerImage[] },
): PodFault | undefined {
  for (const pod of pods) {
    if (
      Date.parse(pod.createdAt) < Date.parse(since) ||
      !images.every((wanted) => pod.images.some((one) => one.name === wanted.name && one.image === wanted.image))
    )
      continue;
    const fault = pod.waiting.find(({ reason }) => imageReasons.has(reason));
    if (fault) return { pod: pod.name, ...fault };
  }
  return undefined;
}

function waitingOf(status: Fields): WatchedPod['waiting'] {
  const statuses = [...listOf(status['initContainerStatuses']), ...listOf(status['containerStatuses'])];
  return statuses.flatMap((one) => {
    const reason = textOf(fieldsOf(fieldsOf(one['state'])['waiting'])['reason']);
    return reason === '' ? [] : [{ container: textOf(one['name']), reason }];
  });
}

type Fields = Readonly<Record<string, unknown>>;

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
