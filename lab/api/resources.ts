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

/** What nodemend reads or changes, and no more, by kind. */
export const kinds = {
  Namespace: resource('v1', 'namespaces', 'Namespace', false),
  Node: resource('v1', 'nodes', 'Node', false),
  Pod: resource('v1', 'pods', 'Pod'),
  PersistentVolume: resource('v1', 'persistentvolumes', 'PersistentVolume', false),
  PersistentVolumeClaim: resource('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim'),
  VolumeAttachment: resource('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment', false),
  CSIDriver: resource('storage.k8s.io/v1', 'csidrivers', 'CSIDriver', false),
  ConfigMap: resource('v1', 'configmaps', 'ConfigMap'),
  Secret: resource('v1', 'secrets', 'Secret'),
  ServiceAccount: resource('v1', 'serviceaccounts', 'ServiceAccount'),
  Event: resource('v1', 'events', 'Event'),
  DaemonSet: resource('apps/v1', 'daemonsets', 'DaemonSet'),
  Deployment: resource('apps/v1', 'deployments', 'Deployment'),
  StatefulSet: resource('apps/v1', 'statefulsets', 'StatefulSet'),
  ReplicaSet: resource('apps/v1', 'replicasets', 'ReplicaSet'),
  CronJob: resource('batch/v1', 'cronjobs', 'CronJob'),
  Job: resource('batch/v1', 'jobs', 'Job'),
  PodTemplate: resource('v1', 'podtemplates', 'PodTemplate'),
  ReplicationController: resource('v1', 'replicationcontrollers', 'ReplicationController'),
  PodDisruptionBudget: resource('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  ValidatingAdmissionPolicy: resource(
    'admissionregistration.k8s.io/v1',
    'validatingadmissionpolicies',
    'ValidatingAdmissionPolicy',
    false,
  ),
  ValidatingAdmissionPolicyBinding: resource(
    'admissionregistration.k8s.io/v1',
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
    false,
  ),
  ClusterRole: resource('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', false),
  ClusterRoleBinding: resource('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', false),
  APIService: resource('apiregistration.k8s.io/v1', 'apiservices', 'APIService', false),
  Lease: resource('coordination.k8s.io/v1', 'leases', 'Lease'),
} as const;

export type Kind = keyof typeof kinds;

export const resources: readonly Resource[] = Object.values(kinds);

export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `pods`, `leases.coordination.k8s.io`: how the API server names a resource in messages. */
export function qualifiedName({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}
