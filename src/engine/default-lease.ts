/** The Lease that keeps two runs on one cluster apart. Roles name it: nobody needs the right to any other. */
export const defaultLease = { namespace: 'nodemend', name: 'nodemend-run' } as const;
