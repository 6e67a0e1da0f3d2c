import { stringify } from 'yaml';
import type { RequiredAccess } from './required-access.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: string[];
}

/**
 * The missing permissions as a manifest to hand to whoever may apply it: one role per scope, and the binding for the user that
 * the kubeconfig names. Cluster-wide and namespaced rules stay apart, so that leases are granted in one namespace only.
 */
export function roleManifest(missing: readonly RequiredAccess[], user: string): string {
  const documents: unknown[] = [];
  for (const [scope, accesses] of Map.groupBy(missing, (access) => `${access.role}/${namespaceOf(access)}`)) {
    const [name = '', namespace = ''] = scope.split('/');
    const metadata = { name, ...(namespace === '' ? {} : { namespace }) };
    const kind = namespace === '' ? 'ClusterRole' : 'Role';
    documents.push({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata, rules: rulesOf(accesses) });
    documents.push({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: `${kind}Binding`,
      metadata,
      subjects: [subjectOf(user)],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    });
  }
  return documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
}

/** A named `get` of a namespace is cluster-scoped in RBAC: namespaces themselves live in none. */
function namespaceOf(access: RequiredAccess): string {
  return access.namespace ?? '';
}

function rulesOf(accesses: readonly RequiredAccess[]): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const access of accesses) {
    const resource = access.subresource ? `${access.resource}/${access.subresource}` : access.resource;
    const key = `${access.group} ${resource} ${access.name ?? ''}`;
    const rule = rules.get(key) ?? {
      apiGroups: [access.group],
      resources: [resource],
      ...(access.name ? { resourceNames: [access.name] } : {}),
      verbs: [],
    };
    rule.verbs.push(access.verb);
    rules.set(key, rule);
  }
  return [...rules.values()];
}

/** RBAC knows service accounts by their own kind, not by the user name they authenticate as. */
function subjectOf(user: string): Readonly<Record<string, string>> {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  if (namespace !== undefined && name !== undefined) return { kind: 'ServiceAccount', name, namespace };
  return { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user };
}
