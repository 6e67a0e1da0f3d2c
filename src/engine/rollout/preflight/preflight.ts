import { evictionAnswer, type Budget, type EvictionAnswer } from './budget.ts';
import { hasFinished, podName, type ClusterPod } from './cluster-pod.ts';
import type { ClusterReading } from './cluster-reading.ts';
import { decideDrain, type DrainDecision, type DrainPolicy } from './drain-decision.ts';
import { StaticFit } from './fit.ts';
import { Occupancy } from './occupancy.ts';
import { placePods, type Placement, type PodVolumes } from './placement.ts';
import type { Volume } from './volume.ts';

/** A pod of a node that is to be drained, and all that is known of its eviction. */
export interface DrainedPod {
  readonly pod: ClusterPod;
  readonly decision: DrainDecision;
  /** Of pods that are evicted; undefined where budgets could not be read. */
  readonly answer: EvictionAnswer | undefined;
  /** Of pods that are evicted and made again by their controller. */
  readonly placement: Placement | undefined;
}

/** What a drain of some nodes at once would meet. */
export interface Preflight {
  readonly nodes: readonly string[];
  readonly pods: readonly DrainedPod[];
  /** `ready`: every pod goes and finds a place; `blocked`: at least one does not; `unknown`: neither is certain. */
  readonly verdict: 'ready' | 'blocked' | 'unknown';
  readonly blockers: readonly DrainedPod[];
  readonly doubts: readonly DrainedPod[];
  /** Doubts that a person accepted (`acceptUncertain`). */
  readonly accepted: readonly DrainedPod[];
  /** `namespace/name` of budgets that let fewer go at once than these nodes hold: their pods go one after another. */
  readonly slow: readonly string[];
}

/** Looks at drains, any number of them, of a cluster as it was read once. Pure. */
export class DrainPreflight {
  private readonly reading: ClusterReading;
  private readonly options: DrainPolicy;
  private readonly occupancy: Occupancy;
  private readonly fixed: StaticFit;
  private readonly byNode: ReadonlyMap<string, readonly ClusterPod[]>;
  private readonly budgets: ReadonlyMap<string, readonly Budget[]>;
  private readonly volumes: ReadonlyMap<string, Volume>;
  private readonly claims: ReadonlyMap<string, string>;
  private readonly daemonSets: ReadonlySet<string>;

  constructor(reading: ClusterReading, options: DrainPolicy) {
    this.reading = reading;
    this.options = options;
    this.occupancy = Occupancy.of(reading.nodes, reading.pods);
    this.fixed = new StaticFit(reading.nodes);
    this.byNode = Map.groupBy(reading.pods, ({ node }) => node);
    this.budgets = Map.groupBy(itemsOf(reading.budgets), ({ namespace }) => namespace);
    this.volumes = new Map(itemsOf(reading.volumes).map((volume) => [volume.name, volume]));
    this.claims = new Map(itemsOf(reading.claims).map((claim) => [podName(claim), claim.volume]));
    this.daemonSets = new Set(itemsOf(reading.daemonSets));
  }

  /** @param nodes that are drained at the same time */
  of(nodes: readonly string[]): Preflight {
    const present = nodes.flatMap((node) => this.byNode.get(node) ?? []);
    const decided = present.map((pod) => ({ pod, decision: this.decide(pod) }));
    const evicted = decided.filter(({ decision }) => decision.does === 'evict').map(({ pod }) => pod);
    const placements = placePods(evicted.filter(isMadeAgain), {
      occupancy: this.occupancy,
      fixed: this.fixed,
      drained: new Set(nodes),
      waiting: (this.byNode.get('') ?? []).filter((pod) => !hasFinished(pod) && !pod.deleting),
      volumesOf: (pod) => this.volumesOf(pod),
      podsOn: (node) => this.byNode.get(node) ?? [],
    });
    const pods = decided.map(({ pod, decision }): DrainedPod => ({
      pod,
      decision,
      answer: decision.does === 'evict' ? this.answer(pod) : undefined,
      placement: placements.get(pod.uid),
    }));
    const blockers = pods.filter(isBlocking);
    const uncertain = pods.filter((one) => !isBlocking(one) && isDoubtful(one));
    const doubts = uncertain.filter((one) => !isAccepted(one, this.options));
    const accepted = uncertain.filter((one) => isAccepted(one, this.options));
    const verdict = blockers.length > 0 ? 'blocked' : doubts.length > 0 ? 'unknown' : 'ready';
    return { nodes, pods, verdict, blockers, doubts, accepted, slow: slowBudgets(pods) };
  }

  private decide(pod: ClusterPod): DrainDecision {
    const { known } = this.reading.daemonSets;
    return decideDrain(pod, this.options, (namespace, name) =>
      known ? this.daemonSets.has(podName({ namespace, name })) : undefined,
    );
  }

  private answer(pod: ClusterPod): EvictionAnswer | undefined {
    return this.reading.budgets.known ? evictionAnswer(pod, this.budgets.get(pod.namespace) ?? []) : undefined;
  }

  private volumesOf({ namespace, needs }: ClusterPod): PodVolumes {
    if (needs.claims.length === 0) return { known: true, volumes: [] };
    const { claims, volumes } = this.reading;
    const unread = [claims, volumes].find((list) => !list.known);
    if (unread && !unread.known) return unknownVolumes('volumes-unread', unread.reason);
    const found: Volume[] = [];
    for (const name of needs.claims) {
      const bound = this.claims.get(podName({ namespace, name }));
      if (bound === undefined) return missing('claim-missing');
      if (bound === '') return unknownVolumes('claim-unbound', name);
      const volume = this.volumes.get(bound);
      if (!volume) return missing('volume-missing');
      found.push(volume);
    }
    return { known: true, volumes: found };
  }
}

function itemsOf<T>(list: { readonly known: boolean; readonly items?: readonly T[] }): readonly T[] {
  return list.items ?? [];
}

function missing(what: 'claim-missing' | 'volume-missing'): PodVolumes {
  return { known: false, placement: { fits: 'no', obstacles: new Map([[what, 1]]) } };
}

function unknownVolumes(why: 'volumes-unread' | 'claim-unbound', detail: string): PodVolumes {
  return { known: false, placement: { fits: 'unknown', why, detail } };
}

/** A pod that ended, or is about to, has its successor already, or needs none. */
function isMadeAgain(pod: ClusterPod): boolean {
  return pod.controller !== undefined && pod.controller.kind !== 'DaemonSet' && !hasFinished(pod) && !pod.deleting;
}

function isBlocking({ decision, answer, placement }: DrainedPod): boolean {
  return (
    decision.does === 'refuse' ||
    answer?.answer === 'refused' ||
    answer?.answer === 'impossible' ||
    placement?.fits === 'no'
  );
}

function isDoubtful({ decision, answer, placement }: DrainedPod): boolean {
  if (decision.does === 'unknown') return true;
  return (
    decision.does === 'evict' && (answer === undefined || answer.answer === 'unknown' || placement?.fits === 'unknown')
  );
}

/** Whether a DaemonSet is there is asked by the drain itself, which ends where it cannot be known. */
function isAccepted({ pod, decision }: DrainedPod, { acceptUncertain }: DrainPolicy): boolean {
  if (decision.does === 'unknown') return false;
  const name = podName(pod);
  return acceptUncertain.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
}

function slowBudgets(pods: readonly DrainedPod[]): readonly string[] {
  const budgets = pods.flatMap(({ answer }) => (answer?.answer === 'counted' ? [answer.budget] : []));
  return [...Map.groupBy(budgets, podName)]
    .filter(([, [first, ...others]]) => first !== undefined && others.length >= first.disruptionsAllowed)
    .map(([name]) => name)
    .toSorted();
}
