import type { NotNeeded } from '../../testing/problem-fixtures.ts';

const cannotHappen: NotNeeded[string] = (findings) => findings.some(({ rule }) => rule === 'cannot-happen');

/** Nobody asks a node without NFS for its services. */
export const notNeeded: NotNeeded = {
  'systemd/services': cannotHappen,
  'nfs-locking/registered': cannotHappen,
};
