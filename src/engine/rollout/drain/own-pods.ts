import { isNodemendError } from '../../../errors/nodemend-error.ts';
import { sha256 } from '../../../hash/sha256.ts';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { apiPath } from '../../../kubernetes/api-path.ts';
import { object, objects, text } from '../../../kubernetes/json-fields.ts';
import { readClusterPod } from '../preflight/cluster-pod.ts';
import type { OwnPod } from './node-marks.ts';

interface OfNode {
  readonly api: KubernetesApi;
  readonly name: string;
  readonly signal: AbortSignal;
}

/** The pods that a drain leaves on the node, because they are the node's own, and that are ready. @throws NodemendError API_… */
export async function readyOwnPods(node: OfNode): Promise<readonly OwnPod[]> {
  return (await ownPods(node)).flatMap(({ ready, ...pod }) => (ready ? [pod] : []));
}

/**
 * Those that are not ready again. After a reboot the API server shows for a while what the old kubelet said last, so
 * they have to run in other containers than before. A DaemonSet that is gone is nobody's any more.
 *
 * @throws NodemendError API_…
 */
export async function missingOwnPods(
  node: OfNode,
  before: readonly OwnPod[],
  wasRebooted: boolean,
): Promise<readonly string[]> {
  if (before.length === 0) return [];
  const now = await ownPods(node);
  const isBack = (pod: OwnPod, one: OwnPod & { readonly ready: boolean }): boolean =>
    one.ready && isSame(one, pod) && !(wasRebooted && pod.containers !== '' && one.containers === pod.containers);
  const missing = before.filter((pod) => !now.some((one) => isBack(pod, one)));
  const there = await Promise.all(missing.map((pod) => isThere(node, pod)));
  return missing
    .filter((_pod, index) => there[index])
    .map(({ kind, namespace, name }) => `${namespace}/${kind}/${name}`);
}

function isSame(one: OwnPod, other: OwnPod): boolean {
  return one.kind === other.kind && one.namespace === other.namespace && one.name === other.name;
}

async function isThere({ api, signal }: OfNode, { kind, namespace, name }: OwnPod): Promise<boolean> {
  if (kind === 'Pod') return true;
  try {
    const path = apiPath({ group: 'apps', version: 'v1', namespace, resource: 'daemonsets', name });
    return await api.get(path, () => true, signal);
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return false;
    throw error;
  }
}

function ownPods({ api, name, signal }: OfNode): Promise<readonly (OwnPod & { readonly ready: boolean })[]> {
  return api
    .list('/api/v1/pods', { project: readOwnPod, fieldSelector: `spec.nodeName=${name}`, signal })
    .then((pods) => pods.flatMap((pod) => pod ?? []));
}

function readOwnPod(raw: JsonObject): (OwnPod & { readonly ready: boolean }) | undefined {
  const { namespace, name, mirror, controller, ready } = readClusterPod(raw);
  const ids = objects(object(raw['status'])['containerStatuses']).map(({ containerID }) => text(containerID));
  const containers = ids.length === 0 ? '' : sha256(Buffer.from(ids.toSorted().join('\n'), 'utf8')).slice(0, 12);
  if (mirror) return { kind: 'Pod', namespace, name, containers, ready };
  if (controller?.kind !== 'DaemonSet') return undefined;
  return { kind: 'DaemonSet', namespace, name: controller.name, containers, ready };
}
