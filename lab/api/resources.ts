/** A kind of object that the fake serves. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function resource(groupVersion: string, plural: string, kind: string, namespaced = true): Resource {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  return { group: group ?? '', version: version ?? '', plural, kind, namespaced };
}

/** What nodemend reads or changes, and no more. */
export const resources: readonly Resource[] = [
  resource('v1', 'namespaces', 'Namespace', false),
  resource('v1', 'nodes', 'Node', false),
  resource('v1', 'pods', 'Pod'),
  resource('v1', 'events', 'Event'),
  resource('apps/v1', 'daemonsets', 'DaemonSet'),
  resource('apps/v1', 'deployments', 'Deployment'),
  resource('apps/v1', 'replicasets', 'ReplicaSet'),
  resource('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  resource('coordination.k8s.io/v1', 'leases', 'Lease'),
];

export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `pods`, `leases.coordination.k8s.io`: how the API server names a resource in messages. */
export function qualifiedName({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

export function resourceOfKind(kind: string): Resource {
  const found = resources.find((candidate) => candidate.kind === kind);
  if (!found) throw new Error(`the fake serves no ${kind}`);
  return found;
}
