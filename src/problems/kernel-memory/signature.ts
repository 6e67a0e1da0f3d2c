import type { Evidence, Observed } from '../../evidence/evidence.ts';
import type { PodWarning } from '../../evidence/pod-facts.ts';
import type { KernelLogLine } from '../../kernel/log.ts';
import { classify } from '../../messages/classify.ts';

/** A pod that was refused because its memory cgroup could not be made. */
export interface RefusedPods {
  /** kubelet's or the runtime's words, of the event that was seen last. */
  readonly said: string;
  /** How often. */
  readonly count: number;
  /** RFC 3339. */
  readonly lastSeen: string;
  /**
   * Who could not make it: the pod's own cgroup is kubelet's to make, so that another runc cures nothing
   * (rancher/rancher#35494).
   */
  readonly by: 'kubelet' | 'runtime';
}

/** By node; events that name no node stand under the empty name. */
export function refusedPods({ cluster }: Evidence): Observed<ReadonlyMap<string, RefusedPods>> {
  if (cluster.state !== 'seen') return cluster;
  const { events } = cluster.value;
  if (events === undefined) return { state: 'not-looked-at', enable: '--kubeconfig' };
  if (events.state !== 'seen') return events;
  const told = events.value.filter(({ message, reason }) => classify({ message, reason }) === 'memory-cgroup');
  const byNode = new Map<string, RefusedPods>();
  for (const event of told) {
    const known = byNode.get(event.node);
    byNode.set(event.node, known === undefined ? refused(event) : merged(known, refused(event)));
  }
  return { state: 'seen', value: byNode };
}

function refused({ message, count, lastSeen, reason }: PodWarning): RefusedPods {
  return { said: message, count, lastSeen, by: reason === 'FailedCreatePodContainer' ? 'kubelet' : 'runtime' };
}

function merged(one: RefusedPods, other: RefusedPods): RefusedPods {
  const latest = other.lastSeen > one.lastSeen ? other : one;
  return { ...latest, count: one.count + other.count };
}

/** Lines of the kernel's log cover the whole time since the boot; older ones report what may be over. */
const recent = 86_400;

/**
 * The kernel says that a cache of a container's cgroup could not grow (kubernetes/kubernetes#61937,
 * opencontainers/runc#1725). Without the cgroup in the cache's name it may be a real shortage.
 */
export function slabRefusals(log: readonly KernelLogLine[], uptime: number): readonly KernelLogLine[] {
  const lines = log.filter(({ at }) => at === undefined || uptime - at <= recent);
  return lines.filter(
    ({ text }) =>
      /^ *cache: [\w-]+\(\d+:[^)]+\)/u.test(text) || /^kmem_cache_create\([^)]*\(\d+:[^)]+\)\) failed/u.test(text),
  );
}

/** The whole node ran out, not one cgroup: its own words for that leave no other reason. */
export function globalKills(log: readonly KernelLogLine[], uptime: number): readonly KernelLogLine[] {
  return log.filter(
    ({ at, text }) => (at === undefined || uptime - at <= recent) && text.startsWith('Out of memory: Kill'),
  );
}
