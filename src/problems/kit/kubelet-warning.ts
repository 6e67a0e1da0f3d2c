import type { ClusterFault } from '../problem.ts';

/** A warning of kubelet about a pod of the node, for practice. */
export function kubeletWarning(
  name: string,
  { reason, message }: { readonly reason: string; readonly message: string },
): ClusterFault {
  return (node) => {
    const at = new Date().toISOString();
    const object = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}-${node}`, namespace: 'shop' },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: `web-${node}`, uid: `uid-web-${node}` },
      type: 'Warning',
      reason,
      message,
      source: { component: 'kubelet', host: node },
      count: 1,
      firstTimestamp: at,
      lastTimestamp: at,
    };
    return [{ path: '/api/v1/namespaces/shop/events', object }];
  };
}
