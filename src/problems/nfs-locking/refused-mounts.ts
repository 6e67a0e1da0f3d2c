import type { Evidence, Observed } from '../../evidence/evidence.ts';

/** Mounts that were refused on one node for lack of statd. */
export interface RefusedMounts {
  /** How often. */
  readonly count: number;
  /** RFC 3339. */
  readonly lastSeen: string;
}

/** In the words of mount.nfs (nfs-utils, utils/mount/network.c), which kubelet hands on (`FailedMount`). */
const words = 'rpc.statd is not running but is required for remote locking';

/** By node; events that name no node stand under the empty name. */
export function refusedMounts({ cluster }: Evidence): Observed<ReadonlyMap<string, RefusedMounts>> {
  if (cluster.state !== 'seen') return cluster;
  const { events } = cluster.value;
  if (events === undefined) return { state: 'not-looked-at', enable: '--kubeconfig' };
  if (events.state !== 'seen') return events;
  const byNode = new Map<string, RefusedMounts>();
  for (const { reason, message, node, count, lastSeen } of events.value) {
    if (reason !== 'FailedMount' || !message.includes(words)) continue;
    const known = byNode.get(node) ?? { count: 0, lastSeen: '' };
    byNode.set(node, {
      count: known.count + count,
      lastSeen: lastSeen > known.lastSeen ? lastSeen : known.lastSeen,
    });
  }
  return { state: 'seen', value: byNode };
}
