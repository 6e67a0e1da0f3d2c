import type { NodeAccess, Observed } from '../../evidence/evidence.ts';

/** How a probe came onto a node, made up: as root by SSH unless it is said otherwise. */
export function observedAccess(access: Partial<NodeAccess> = {}): Observed<NodeAccess> {
  return {
    state: 'seen',
    value: {
      transport: 'ssh',
      user: 'root',
      privilege: 'root',
      hostname: 'worker-1',
      machineId: 'm',
      bootId: 'b',
      clockSkewMs: 0,
      tookMs: 10,
      ...access,
    },
  };
}
