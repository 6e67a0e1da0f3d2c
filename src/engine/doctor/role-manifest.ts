import { stringify } from 'yaml';
import type { RequiredAccess } from './required-access.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: string[];
}

const labels = { 'app.kubernetes.io/name': 'nodemend' };

/**
 * A shipped role as a manifest to hand to anyone who can apply it, and its binding for one user. The role is whole, as
 * in `deploy/`: applied over a role of that name it never takes a rule away, and the binding is this user's own, so
 * that it never takes the place of anybody else's. Cluster-wide and namespaced rules stay apart, so that leases are
 * granted in one namespace only.
 */
export function roleManifest(role: readonly RequiredAccess[], user: string): string {
  const documents = [...Map.groupBy(role, ({ namespace }) => namespace)].flatMap(([namespace, accesses]) =>
    scopeDocuments(accesses, namespace, user),
  );
  return documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
}

function scopeDocuments(
  accesses: readonly RequiredAccess[],
  namespace: string | undefined,
  user: string,
): readonly object[] {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const name = accesses[0]?.role ?? '';
  const place = namespace === undefined ? {} : { namespace };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    { apiVersion, kind, metadata: { name, ...place, labels }, rules: rulesOf(accesses) },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata: { name: bindingName(name, user), ...place, labels },
      subjects: [subjectOf(user)],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    },
  ];
}

/** Names of RBAC objects may hold all but these (apimachinery pkg/api/validation/path, IsValidPathSegmentName). */
function bindingName(role: string, user: string): string {
  return `${role}:${user.replaceAll(/[/%]/g, '_')}`;
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
