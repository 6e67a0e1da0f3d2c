import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readRules } from '../../lab/api/roles.ts';
import type { Testbed } from '../../testbed/testbed-up.ts';

export interface TestbedAccess {
  readonly kubeconfig: string;
  /** nodemend's. */
  readonly configuration: string;
  readonly contexts: { readonly change: string; readonly read: string };
}

/**
 * The namespace of nodemend's leases, and who may look and not touch: with the same rules as the practice cluster's
 * reader.
 */
export const accessObjects: readonly object[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nodemend' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'nodemend' } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'end-to-end-reader' },
    rules: readRules.map(({ groups, resources, verbs, names }) => ({
      apiGroups: groups,
      resources,
      verbs,
      ...(names === undefined ? {} : { resourceNames: names }),
    })),
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'end-to-end-reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'end-to-end-reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'nodemend' }],
  },
];

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string }[];
  readonly contexts: readonly { readonly name: string; readonly context: object }[];
  readonly users: readonly object[];
}

/** A kubeconfig with two contexts, the administrator's and the reader's, and nodemend's configuration that means it. */
export function writeTestbedAccess(folder: string, testbed: Testbed, readToken: string): TestbedAccess {
  const admin = parse(readFileSync(testbed.folder.kubeconfig, 'utf8')) as Kubeconfig;
  const [change = '', cluster = ''] = [admin.contexts[0]?.name, admin.clusters[0]?.name];
  const read = `${change}-read`;
  const contexts = [...admin.contexts, { name: read, context: { cluster, user: read } }];
  const users = [...admin.users, { name: read, user: { token: readToken } }];
  const [kubeconfig, configuration] = [join(folder, 'kubeconfig'), join(folder, 'nodemend.yaml')];
  const settings = parse(readFileSync(testbed.folder.configuration, 'utf8')) as object;
  writeFileSync(kubeconfig, stringify({ ...admin, contexts, users }), { mode: 0o600 });
  writeFileSync(configuration, stringify({ ...settings, kubeconfig }), { mode: 0o600 });
  return { kubeconfig, configuration, contexts: { change, read } };
}
