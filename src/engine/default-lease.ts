/** The Lease that keeps two runs on one cluster apart. Roles name it: nobody needs the right to any other. */
export const defaultLease = { namespace: 'nodemend', name: 'nodemend-run' } as const;

/**
 * Where the records of runs are: a namespace with nothing else in it. RBAC cannot restrict `create` to a name, and anyone
 * who can update what they made can update what others made; beside the lease are the schedules and the key of the nodes
 * (docs/decisions/0030).
 */
export function recordNamespaceOf({ namespace }: { readonly namespace: string }): string {
  return `${namespace}-runs`;
}
