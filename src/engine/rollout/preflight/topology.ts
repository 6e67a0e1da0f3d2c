import { selects } from '../../../kubernetes/label-selector.ts';
import type { ClusterPod } from './cluster-pod.ts';
import { selectsNode } from './node-selector.ts';
import type { Occupancy } from './occupancy.ts';
import type { AffinityTerm, SpreadConstraint } from './pod-needs.ts';
import type { SchedulingNode } from './scheduling-node.ts';

/** What the pods that are there mean for where another may go, worked out once for a pod and asked for each node. */
export interface Topology {
  /** Why the pod may not go there, if it may not. */
  readonly obstacle: (node: SchedulingNode) => 'affinity' | 'anti-affinity' | 'spread' | undefined;
}

/** Required pod affinity and anti-affinity, in both directions, and spread constraints that forbid. */
export function topologyFor(pod: ClusterPod, occupancy: Occupancy): Topology {
  const apart = keptApart(pod, occupancy);
  const isNear = nearThem(pod, occupancy);
  const spread = pod.needs.spread.map((constraint) => spreadOver(pod, constraint, occupancy));
  return {
    obstacle: (node) => {
      if (!isNear(node)) return 'affinity';
      if (apart.some(([key, values]) => node.labels[key] !== undefined && values.has(node.labels[key])))
        return 'anti-affinity';
      return spread.every((isEven) => isEven(node)) ? undefined : 'spread';
    },
  };
}

type Domains = readonly [key: string, values: ReadonlySet<string>];

/** Domains in which the pod may not be: by its own terms, and by those of others (plugin InterPodAffinity). */
function keptApart(pod: ClusterPod, occupancy: Occupancy): readonly Domains[] {
  const own = pod.needs.antiAffinity.map((term): Domains => {
    const meant = term.namespaces
      .flatMap((namespace) => occupancy.podsIn(namespace))
      .filter((other) => isMeant(term, other));
    return [term.topologyKey, domainsOf(term, meant, occupancy)];
  });
  const others = occupancy.podsKeepingApart().flatMap((other) =>
    other.needs.antiAffinity.flatMap((term): readonly Domains[] => {
      const domain = occupancy.node(other.node)?.labels[term.topologyKey];
      return domain !== undefined && isMeant(term, pod) ? [[term.topologyKey, new Set([domain])]] : [];
    }),
  );
  return [...own, ...others].filter(([, values]) => values.size > 0);
}

function domainsOf(
  { topologyKey }: AffinityTerm,
  pods: readonly ClusterPod[],
  occupancy: Occupancy,
): ReadonlySet<string> {
  return new Set(pods.flatMap(({ node }) => occupancy.node(node)?.labels[topologyKey] ?? []));
}

function isMeant({ selector, namespaces }: AffinityTerm, { namespace, labels }: ClusterPod): boolean {
  return namespaces.includes(namespace) && selects(selector, labels);
}

/**
 * Pods that match every term are what the pod wants to be near, by each term's own domain; the first of a group that
 * wants to be together may go anywhere.
 */
function nearThem(pod: ClusterPod, occupancy: Occupancy): (node: SchedulingNode) => boolean {
  const terms = pod.needs.affinity;
  const [first] = terms;
  if (!first) return () => true;
  const meant = first.namespaces
    .flatMap((namespace) => occupancy.podsIn(namespace))
    .filter((other) => terms.every((term) => isMeant(term, other)));
  const domains = terms.map((term) => ({ key: term.topologyKey, values: domainsOf(term, meant, occupancy) }));
  const isFirst = domains.every(({ values }) => values.size === 0) && terms.every((term) => isMeant(term, pod));
  return ({ labels }) =>
    domains.every(({ key, values }) => {
      const domain = labels[key];
      return domain !== undefined && (isFirst || values.has(domain));
    });
}

/**
 * Plugin PodTopologySpread. Nodes that take no pods are counted like the others (`nodeTaintsPolicy: Ignore` is the
 * default), so an emptied node holds its domain at nought and may keep its own pods from going anywhere else.
 */
function spreadOver(
  pod: ClusterPod,
  { selector, topologyKey, maxSkew }: SpreadConstraint,
  occupancy: Occupancy,
): (node: SchedulingNode) => boolean {
  const { where, spread } = pod.needs;
  const counted = occupancy.nodes.filter(
    (node) =>
      spread.every((one) => node.labels[one.topologyKey] !== undefined) &&
      Object.entries(where.labels).every(([key, value]) => node.labels[key] === value) &&
      selectsNode(where.affinity, node),
  );
  const counts = new Map(counted.map(({ labels }) => [labels[topologyKey] ?? '', 0]));
  const names = new Set(counted.map(({ name }) => name));
  for (const other of occupancy.podsIn(pod.namespace)) {
    if (other.deleting || !names.has(other.node) || !selects(selector, other.labels)) continue;
    const domain = occupancy.node(other.node)?.labels[topologyKey] ?? '';
    counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  const least = Math.min(...counts.values());
  const self = selects(selector, pod.labels) ? 1 : 0;
  return ({ labels }) => {
    const domain = labels[topologyKey];
    return domain !== undefined && (counts.get(domain) ?? 0) + self - least <= maxSkew;
  };
}
