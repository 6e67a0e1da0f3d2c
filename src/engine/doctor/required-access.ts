import type { Access } from '../../kubernetes/api.ts';
import { defaultLease } from '../default-lease.ts';

/** A permission that nodemend uses, and the shipped role that grants it. */
export interface RequiredAccess extends Access {
  readonly role: 'nodemend-read' | 'nodemend-change';
}

/**
 * Exactly what the commands ask of the API server, no more: a permission that nothing uses is one that an audit has to explain.
 * `nodemend-read` is enough for doctor, diagnose, plan and bundle; `nodemend-change` is what apply, undo and resume add. A test
 * holds that the roles in `deploy/` are these.
 */
export function requiredAccess(leaseNamespace: string): readonly RequiredAccess[] {
  const lease = { role: 'nodemend-change', group: 'coordination.k8s.io', resource: 'leases', namespace: leaseNamespace } as const;
  return [
    { role: 'nodemend-read', verb: 'get', group: '', resource: 'namespaces', name: 'kube-system' },
    { role: 'nodemend-read', verb: 'list', group: '', resource: 'nodes' },
    leaseNamespaceAccess(leaseNamespace),
    // RBAC cannot name what is not there yet (kubernetes.io/docs/reference/access-authn-authz/rbac, "Referring to resources").
    { ...lease, verb: 'create' },
    { ...lease, verb: 'get', name: defaultLease.name },
    { ...lease, verb: 'update', name: defaultLease.name },
  ];
}

/** By which doctor tells that the namespace is missing. RBAC takes a namespace for something in itself. */
export function leaseNamespaceAccess(name: string): RequiredAccess {
  return { role: 'nodemend-change', verb: 'get', group: '', resource: 'namespaces', namespace: name, name };
}
