import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { object, objects, text, texts } from '../../kubernetes/json-fields.ts';
import { formatReference, isInvalid, parseReference } from '../../registry/reference/image-reference.ts';

/** A node as a scheduler and kubelet see it: may pods come there, and which images are there. */
export interface NodeImages {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly unschedulable: boolean;
  /** By tag and by digest, with everything that is implied written out. */
  readonly images: readonly string[];
  /** An image that is not named may be there anyway. */
  readonly isPartial: boolean;
  /** dockerd before 20.10 fetches the manifest whenever it checks an image, which is a pull (moby/moby#41607). */
  readonly checksArePulls: boolean;
}

/**
 * kubelet's `nodeStatusMaxImages`: the node's object names at most so many, the largest first, with five names each.
 */
const mostReported = 50;

/** @throws NodemendError API_…; the signal's reason */
export async function readNodeImages(
  api: KubernetesApi,
  registry: string,
  options: { readonly signal: AbortSignal; readonly labelSelector?: string },
): Promise<readonly NodeImages[]> {
  return api.list('/api/v1/nodes', { ...options, project: (raw) => projectNodeImages(raw, registry) });
}

export function projectNodeImages(raw: JsonObject, registry: string): NodeImages {
  const metadata = object(raw['metadata']);
  const spec = object(raw['spec']);
  const status = object(raw['status']);
  const reported = objects(status['images']);
  return {
    name: text(metadata['name']),
    labels: texts(metadata['labels']),
    taints: objects(spec['taints']).map(({ key, value, effect }) => ({
      key: text(key),
      value: text(value),
      effect: text(effect),
    })),
    unschedulable: spec['unschedulable'] === true,
    images: [
      ...new Set(
        reported.flatMap(({ names }) =>
          Array.isArray(names) ? names.flatMap((name) => normalized(text(name), registry)) : [],
        ),
      ),
    ],
    // kubelet runs pods, so that at least their sandbox image is there: a node that names none did not say.
    isPartial: reported.length === 0 || reported.length >= mostReported,
    checksArePulls: isOldDocker(text(object(status['nodeInfo'])['containerRuntimeVersion'])),
  };
}

/** Of another registry, or `<none>@<none>`, as docker reports: nothing. */
function normalized(name: string, registry: string): readonly string[] {
  const reference = parseReference(name);
  return isInvalid(reference) || reference.registry !== registry ? [] : [formatReference(reference)];
}

function isOldDocker(version: string): boolean {
  const [, major, minor] = /^docker:\/\/(\d+)\.(\d+)/u.exec(version) ?? [];
  return major !== undefined && (Number(major) < 20 || (Number(major) === 20 && Number(minor) < 10));
}
