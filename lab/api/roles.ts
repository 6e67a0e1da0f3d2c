/** A rule of RBAC: `*` stands for all; resources with a subresource are written `pods/eviction`. */
export interface Rule {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Where it holds; absent means everywhere. */
  readonly namespaces?: readonly string[];
  readonly names?: readonly string[];
}

export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
  readonly rules: readonly Rule[];
}

export interface Attempt {
  readonly verb: string;
  readonly group: string;
  /** With its subresource, if any. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

export const adminRules: readonly Rule[] = [{ groups: ['*'], resources: ['*'], verbs: ['*'] }];

const reads = ['get', 'list', 'watch'];

/** What a person gets who may look and not touch: the same as nodemend's own read role. */
export const readRules: readonly Rule[] = [
  { groups: [''], resources: ['nodes', 'pods', 'events', 'podtemplates', 'replicationcontrollers'], verbs: reads },
  { groups: ['apps'], resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'], verbs: reads },
  { groups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: reads },
  { groups: ['policy'], resources: ['poddisruptionbudgets'], verbs: reads },
  { groups: [''], resources: ['persistentvolumeclaims', 'persistentvolumes'], verbs: reads },
  { groups: ['storage.k8s.io'], resources: ['volumeattachments', 'csidrivers'], verbs: reads },
  { groups: [''], resources: ['namespaces'], verbs: ['get'], names: ['kube-system'] },
  { groups: ['rbac.authorization.k8s.io'], resources: ['clusterroles', 'clusterrolebindings'], verbs: ['get'] },
  { groups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs: reads },
  { groups: ['crd.projectcalico.org'], resources: ['felixconfigurations'], verbs: reads },
  { groups: [''], resources: ['configmaps'], verbs: ['get'], names: ['kubernetes-services-endpoint'] },
];

/** Everybody who is known may ask who they are and what they may do (ClusterRole system:basic-user). */
const everybody: Rule = {
  groups: ['authorization.k8s.io', 'authentication.k8s.io'],
  resources: ['selfsubjectaccessreviews', 'selfsubjectreviews'],
  verbs: ['create'],
};

export function isAllowed({ rules }: Identity, attempt: Attempt): boolean {
  return [...rules, everybody].some((rule) => covers(rule, attempt));
}

function covers(rule: Rule, attempt: Attempt): boolean {
  const has = (list: readonly string[] | undefined, value: string): boolean =>
    list === undefined || list.includes('*') || list.includes(value);
  return (
    has(rule.groups, attempt.group) &&
    has(rule.resources, attempt.resource) &&
    has(rule.verbs, attempt.verb) &&
    has(rule.namespaces, attempt.namespace) &&
    has(rule.names, attempt.name)
  );
}
