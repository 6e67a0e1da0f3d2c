import { holdNamespace } from '../images/pins/image-hold.ts';
import { apiPath } from '../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../kubernetes/api.ts';
import { appliable } from '../kubernetes/appliable.ts';
import type { Observed } from './evidence.ts';
import { seeing } from './unknown.ts';

/** Where nodemend makes them, and only who runs the cluster can: in any other namespace one is somebody's who calls it so. */
const path = apiPath({ group: 'apps', version: 'v1', namespace: holdNamespace, resource: 'daemonsets' });
const labelSelector = 'app.kubernetes.io/managed-by=nodemend,app.kubernetes.io/name=nodemend-image-hold';

/** DaemonSets that say they hold images for nodemend; whether they are its own is for the reader to see. */
export function collectImageHolds(api: KubernetesApi, signal: AbortSignal): Promise<Observed<readonly string[]>> {
  return seeing(async () => (await api.list(path, { labelSelector, project, signal })).toSorted());
}

/**
 * The items of a list have neither version nor kind of their own. Who has set which field is kept: of what nobody has set
 * it is the server that fills it in.
 */
function project(raw: JsonObject): string {
  const { metadata, ...rest } = appliable(raw);
  const { managedFields = [] } = (raw['metadata'] ?? {}) as JsonObject;
  const noted = { ...(metadata as JsonObject), managedFields };
  return JSON.stringify({ apiVersion: 'apps/v1', kind: 'DaemonSet', ...rest, metadata: noted });
}
