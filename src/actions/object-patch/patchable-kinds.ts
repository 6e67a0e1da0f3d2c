import { ownGroups } from '../../kubernetes/own-groups.ts';
import { defaultObjects } from '../../platforms/nks/default-objects.ts';
import { networkImageNames } from '../../platforms/nks/network-images.ts';
import type { ObjectReference } from '../cluster-action.ts';

/** What makes pods, of Kubernetes itself, and takes another image: kind and resource by API group. */
const builtIn: ReadonlySet<string> = new Set([
  '/v1/podtemplates/PodTemplate',
  '/v1/replicationcontrollers/ReplicationController',
  'apps/v1/daemonsets/DaemonSet',
  'apps/v1/deployments/Deployment',
  'apps/v1/replicasets/ReplicaSet',
  'apps/v1/statefulsets/StatefulSet',
  'batch/v1/cronjobs/CronJob',
  'batch/v1/jobs/Job',
]);

/** Whose images are the provider's; the problem `image-pull` leaves them alone, too. */
const providersNamespace = 'kube-system';

/**
 * Whether nodemend would write an image reference into such an object: a workload of Kubernetes, or a custom resource.
 * Pure.
 */
export function isPatchable(object: ObjectReference): boolean {
  const { group, namespace } = object;
  if (namespace === providersNamespace) return false;
  // A group of a custom resource has a domain's name (CustomResourceDefinition, `spec.group`).
  if (group.includes('.')) return !ownGroups.has(group);
  return namespace !== undefined && isBuiltIn(object);
}

function isBuiltIn({ group, version, resource, kind }: ObjectReference): boolean {
  return builtIn.has(`${group}/${version}/${resource}/${kind}`);
}

const containerImage = /^\/spec\/template\/spec\/(?:initContainers|containers)\/\d+\/image$/u;

/**
 * Whether it is the image of a container of the cluster's own network, and one of the names that
 * `platforms/nks/network-images.json` has for it: of all that is the provider's this alone is written.
 */
export function isNetworkImage(
  object: ObjectReference,
  { path, from, to }: { readonly path: string; readonly from: string; readonly to: string },
): boolean {
  return isBuiltIn(object) && containerImage.test(path) && networkImageNames(object, from).includes(to);
}

/** Whether it is one that every cluster of the provider is created with: of these alone finalizers are taken. */
export function isDefaultObject(object: ObjectReference): boolean {
  const keys = ['group', 'version', 'resource', 'kind', 'namespace', 'name'] as const;
  return defaultObjects.some((one) => keys.every((key) => one[key] === object[key]));
}
