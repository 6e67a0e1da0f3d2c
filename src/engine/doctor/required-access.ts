import type { Access } from '../../kubernetes/api.ts';

/** A permission that nodemend uses, and the shipped role that grants it. */
export interface RequiredAccess extends Access {
  readonly role: 'nodemend-read' | 'nodemend-change';
}

/**
 * Exactly what the commands ask of the API server, no more: a permission that nothing uses is one that an audit has to explain.
 * `nodemend-read` is enough for doctor, diagnose, plan and bundle; `nodemend-change` is what apply, undo and resume add.
 */
export function requiredAccess(leaseNamespace: string): readonly RequiredAccess[] {
  const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace: leaseNamespace, role: 'nodemend-change' } as const;
  return [
    { role: 'nodemend-read', verb: 'get', group: '', resource: 'namespaces', name: 'kube-system' },
    { role: 'nodemend-read', verb: 'list', group: '', resource: 'nodes' },
    { ...lease, verb: 'get' },
    { ...lease, verb: 'create' },
    { ...lease, verb: 'update' },
    { ...lease, verb: 'delete' },
  ];
}
