import type { JsonObject } from '../../src/kubernetes/api.ts';

/** A way out of a role. */
export interface Attempt {
  readonly what: string;
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete';
  readonly path: string;
  readonly body?: JsonObject;
}

const core = (namespace: string): string => `/api/v1/namespaces/${namespace}`;
const batch = (namespace: string): string => `/apis/batch/v1/namespaces/${namespace}`;
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const leases = (namespace: string): string => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
const cinderLogins = `${core('kube-system')}/secrets/cinder-csi-cloud-config`;
const admission = '/apis/admissionregistration.k8s.io/v1';

const evil = { data: { 'schedule.json': '{"onFailure":["/bin/sh"]}' } };
const annotated = { metadata: { annotations: { 'example.com/by': 'us' } } };
const named = (generateName: string): JsonObject => ({ metadata: { generateName } });
const pod: JsonObject = {
  restartPolicy: 'Never',
  containers: [{ name: 'a', image: 'localhost/a', securityContext: { privileged: true } }],
};
const job = (prefix: string): JsonObject => ({
  metadata: { generateName: prefix },
  spec: { suspend: true, template: { spec: pod } },
});
const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const toEverybody = (name: string, kind: string): JsonObject => ({
  metadata: { generateName: 'bound-' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated-nobody' }],
});

/**
 * Every way that we know from a right in the cluster to more of it, or to the nodes
 * (kubernetes.io/docs/concepts/security/rbac-good-practices, "Privilege escalation risks"; and what lies in nodemend's own
 * namespaces). In an order in which each leaves the next one to try.
 */
export const escalations: readonly Attempt[] = [
  { what: 'see every pod’s manifest', verb: 'list', path: '/api/v1/pods' },
  // The key of the nodes, and what runs with it.
  { what: 'read the key of the nodes', verb: 'get', path: `${core('nodemend')}/secrets/nodemend-ssh` },
  { what: 'list Secrets', verb: 'list', path: '/api/v1/secrets' },
  { what: 'list Secrets of nodemend', verb: 'list', path: `${core('nodemend')}/secrets` },
  { what: 'make a Secret in nodemend', verb: 'create', path: `${core('nodemend')}/secrets`, body: named('made-') },
  { what: 'read a schedule', verb: 'get', path: `${core('nodemend')}/configmaps/schedule-night` },
  { what: 'rewrite a schedule', verb: 'patch', path: `${core('nodemend')}/configmaps/schedule-night`, body: evil },
  {
    what: 'put another schedule in its place',
    verb: 'update',
    path: `${core('nodemend')}/configmaps/schedule-night`,
    body: { metadata: { name: 'schedule-night' }, ...evil },
  },
  {
    what: 'rewrite nodemend’s settings',
    verb: 'patch',
    path: `${core('nodemend')}/configmaps/nodemend`,
    body: annotated,
  },
  {
    what: 'rewrite the authority that pods of nodemend trust',
    verb: 'patch',
    path: `${core('nodemend')}/configmaps/kube-root-ca.crt`,
    body: annotated,
  },
  {
    what: 'make a ConfigMap that a CronJob misses',
    verb: 'create',
    path: `${core('nodemend')}/configmaps`,
    body: { metadata: { generateName: 'schedule-' }, ...evil },
  },
  {
    what: 'change what a CronJob of nodemend runs',
    verb: 'patch',
    path: `${batch('nodemend')}/cronjobs/nodemend-diagnose`,
    body: annotated,
  },
  { what: 'make Jobs in nodemend', verb: 'create', path: `${batch('nodemend')}/jobs`, body: job('made-') },
  {
    what: 'make pods in nodemend',
    verb: 'create',
    path: `${core('nodemend')}/pods`,
    body: { metadata: { generateName: 'made-' }, spec: pod },
  },
  { what: 'run commands in pods of nodemend', verb: 'create', path: `${core('nodemend')}/pods/any/exec` },
  { what: 'run commands in pods of nodemend by GET', verb: 'get', path: `${core('nodemend')}/pods/any/exec` },
  { what: 'enter pods of nodemend', verb: 'get', path: `${core('nodemend')}/pods/any/attach` },
  {
    what: 'add containers to pods of nodemend',
    verb: 'patch',
    path: `${core('nodemend')}/pods/any/ephemeralcontainers`,
    body: annotated,
  },
  {
    what: 'run privileged pods on every node',
    verb: 'create',
    path: '/apis/apps/v1/namespaces/kube-system/daemonsets',
    body: named('made-'),
  },
  // Leases and records.
  {
    what: 'make leases in nodemend',
    verb: 'create',
    path: leases('nodemend'),
    body: { metadata: { name: 'nodemend-run' }, spec: {} },
  },
  {
    what: 'keep nodemend’s lease',
    verb: 'update',
    path: `${leases('nodemend')}/nodemend-run`,
    body: { metadata: { name: 'nodemend-run' }, spec: { holderIdentity: 'us' } },
  },
  {
    what: 'keep another lease',
    verb: 'update',
    path: `${leases('nodemend')}/other`,
    body: { metadata: { name: 'other' } },
  },
  {
    what: 'be the scheduler',
    verb: 'update',
    path: `${leases('kube-system')}/kube-scheduler`,
    body: { metadata: { name: 'kube-scheduler' } },
  },
  {
    what: 'be a node’s heartbeat',
    verb: 'update',
    path: `${leases('kube-node-lease')}/worker-1`,
    body: { metadata: { name: 'worker-1' } },
  },
  {
    what: 'make ConfigMaps in nodemend-runs',
    verb: 'create',
    path: `${core('nodemend-runs')}/configmaps`,
    body: { metadata: { generateName: 'nodemend-run-' } },
  },
  {
    what: 'rewrite ConfigMaps in nodemend-runs',
    verb: 'update',
    path: `${core('nodemend-runs')}/configmaps/kube-root-ca.crt`,
    body: { metadata: { name: 'kube-root-ca.crt' } },
  },
  { what: 'delete records', verb: 'delete', path: `${core('nodemend-runs')}/configmaps/nodemend-run-gone` },
  {
    what: 'make pods in nodemend-runs',
    verb: 'create',
    path: `${core('nodemend-runs')}/pods`,
    body: { metadata: { generateName: 'made-' }, spec: pod },
  },
  // The nodes.
  { what: 'run privileged pods', verb: 'create', path: `${batch('nodemend-pod')}/jobs`, body: job('made-') },
  { what: 'run commands in pods of nodemend-pod', verb: 'get', path: `${core('nodemend-pod')}/pods/any/exec` },
  { what: 'run commands in pods of kube-system', verb: 'get', path: `${core('kube-system')}/pods/any/exec` },
  { what: 'ask kubelets for anything', verb: 'get', path: '/api/v1/nodes/any/proxy/configz' },
  { what: 'command kubelets', verb: 'create', path: '/api/v1/nodes/any/proxy/run' },
  { what: 'change nodes', verb: 'patch', path: '/api/v1/nodes/any', body: annotated },
  { what: 'change what nodes report', verb: 'patch', path: '/api/v1/nodes/any/status', body: annotated },
  { what: 'remove nodes', verb: 'delete', path: '/api/v1/nodes/any' },
  {
    what: 'evict any pod',
    verb: 'create',
    path: `${core('kube-system')}/pods/any/eviction`,
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace: 'kube-system', name: 'any' } },
  },
  { what: 'delete pods', verb: 'delete', path: `${core('kube-system')}/pods/any` },
  {
    what: 'change budgets',
    verb: 'patch',
    path: '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/any',
    body: annotated,
  },
  {
    what: 'approve certificates',
    verb: 'update',
    path: '/apis/certificates.k8s.io/v1/certificatesigningrequests/any/approval',
  },
  // More rights.
  {
    what: 'get a token of nodemend-change',
    verb: 'create',
    path: `${core('nodemend')}/serviceaccounts/nodemend-change/token`,
    body: { spec: {} },
  },
  {
    what: 'get a token of nodemend-pod',
    verb: 'create',
    path: `${core('nodemend-pod')}/serviceaccounts/nodemend-pod/token`,
    body: { spec: {} },
  },
  {
    what: 'widen a role',
    verb: 'patch',
    path: `${rbac}/namespaces/nodemend/roles/nodemend-change`,
    body: annotated,
  },
  { what: 'widen a role of the cluster', verb: 'patch', path: `${rbac}/clusterroles/nodemend-read`, body: annotated },
  {
    what: 'make a role of everything',
    verb: 'create',
    path: `${rbac}/clusterroles`,
    body: { metadata: { generateName: 'made-' }, rules: [everything] },
  },
  {
    what: 'bind a role in nodemend',
    verb: 'create',
    path: `${rbac}/namespaces/nodemend/rolebindings`,
    body: toEverybody('nodemend-change', 'Role'),
  },
  {
    what: 'bind a role of the cluster',
    verb: 'create',
    path: `${rbac}/clusterrolebindings`,
    body: toEverybody('view', 'ClusterRole'),
  },
  { what: 'loosen Pod Security', verb: 'patch', path: core('nodemend'), body: annotated },
  {
    what: 'decide what the cluster accepts',
    verb: 'create',
    path: `${admission}/validatingadmissionpolicies`,
    body: { metadata: { generateName: 'made-' }, spec: {} },
  },
  {
    what: 'change what others apply',
    verb: 'create',
    path: `${admission}/mutatingwebhookconfigurations`,
    body: named('made-'),
  },
  // Where a role for one namespace is bound.
  { what: 'read Secrets of the bound namespace', verb: 'get', path: `${core('shop')}/secrets/nodemend-ssh` },
  {
    what: 'write Secrets of the bound namespace',
    verb: 'patch',
    path: `${core('shop')}/secrets/nodemend-ssh`,
    body: annotated,
  },
  { what: 'list Secrets of the bound namespace', verb: 'list', path: `${core('shop')}/secrets` },
  {
    what: 'change ServiceAccounts of the bound namespace',
    verb: 'patch',
    path: `${core('shop')}/serviceaccounts/default`,
    body: annotated,
  },
  {
    what: 'run any image in the bound namespace',
    verb: 'patch',
    path: '/apis/apps/v1/namespaces/shop/deployments/web',
    body: annotated,
  },
  // What is read and changed before an upgrade.
  { what: 'read the API server’s metrics', verb: 'get', path: '/metrics' },
  {
    what: 'change Calico’s pods',
    verb: 'patch',
    path: '/apis/apps/v1/namespaces/kube-system/daemonsets/calico-node',
    body: annotated,
  },
  { what: 'change Calico’s roles', verb: 'patch', path: `${rbac}/clusterroles/calico-node`, body: annotated },
  { what: 'read the logins of Cinder’s driver', verb: 'get', path: cinderLogins },
  { what: 'replace the logins of Cinder’s driver', verb: 'patch', path: cinderLogins, body: annotated },
  {
    what: 'change Cinder’s pods',
    verb: 'patch',
    path: '/apis/apps/v1/namespaces/kube-system/daemonsets/csi-cinder-nodeplugin',
    body: annotated,
  },
];
