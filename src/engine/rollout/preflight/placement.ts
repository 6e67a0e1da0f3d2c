import { podName, type ClusterPod } from './cluster-pod.ts';
import { fitOf, type Fit, type FitQuestion, type Obstacle } from './fit.ts';
import type { SchedulingNode } from './scheduling-node.ts';
import type { Volume } from './volume.ts';

/** Whether a pod that is evicted finds another place. */
export type Placement =
  | { readonly fits: 'yes'; readonly node: string }
  /** To no node: how many nodes by what keeps it from them. */
  | { readonly fits: 'no'; readonly obstacles: ReadonlyMap<Obstacle | 'claim-missing' | 'volume-missing', number> }
  | { readonly fits: 'unknown'; readonly why: UnknownFit; readonly detail: string };

export type UnknownFit =
  /** The scheduler looks at something that is not looked at here; `detail` names it. */
  | 'undecided'
  /** A node that might take it has not said how much room it has. */
  | 'unknown-room'
  /** It fits alone, and no way was found to place it beside the others that move. */
  | 'together'
  /** Only in the place of pods of a lower priority. */
  | 'preempting'
  | 'volumes-unread'
  | 'claim-unbound';

/** A pod's volumes, or why they are not known. */
export type PodVolumes =
  | { readonly known: true; readonly volumes: readonly Volume[] }
  | { readonly known: false; readonly placement: Placement };

export interface PlaceQuestion extends FitQuestion {
  /** Pods that wait for a node already: they may take room first. */
  readonly waiting: readonly ClusterPod[];
  readonly volumesOf: (pod: ClusterPod) => PodVolumes;
  /** Pods by node, for what could be preempted. */
  readonly podsOn: (node: string) => readonly ClusterPod[];
}

/**
 * Finds a place for each pod beside all others, the largest first, on the first node that takes it. A pod for which
 * none is found is only said not to fit where that is certain: none would take it if it came alone, or all that move
 * together ask for more than there is.
 */
export function placePods(pods: readonly ClusterPod[], question: PlaceQuestion): ReadonlyMap<string, Placement> {
  const gone = new Set(pods.map(({ uid }) => uid));
  const asked = { ...question, occupancy: question.occupancy.without(gone) };
  const alone = { ...question, occupancy: question.occupancy.without(gone) };
  for (const pod of question.waiting) take(pod, fitOf(pod, [], asked), asked);
  const others = { scarce: isScarce(pods, alone), alone };
  return new Map(pods.toSorted(byRequests).map((pod) => [pod.uid, placePod(pod, asked, others)]));
}

interface Others {
  /** Whether all that move ask for more of something than there is. */
  readonly scarce: boolean;
  readonly alone: FitQuestion;
}

function placePod(pod: ClusterPod, question: PlaceQuestion, others: Others): Placement {
  const used = question.volumesOf(pod);
  if (!used.known) return used.placement;
  const fit = fitOf(pod, used.volumes, question);
  const node = take(pod, fit, question);
  const { undecided } = pod.needs;
  if (undecided.length > 0) return unknown('undecided', undecided.join(', '));
  if (node) return { fits: 'yes', node: node.name };
  const found = question.occupancy.nodes.map(fit);
  return (
    atAnUnknownNode(found, question) ??
    besideOthers(pod, used.volumes, { found, others }) ??
    inPlaceOfOthers(pod, found, question) ?? { fits: 'no', obstacles: countObstacles(found) }
  );
}

/** By node, in the occupancy's order. */
type Found = readonly ReturnType<Fit>[];

function unknown(why: UnknownFit, detail: string): Placement {
  return { fits: 'unknown', why, detail };
}

function take(pod: ClusterPod, fit: Fit, { occupancy }: FitQuestion): SchedulingNode | undefined {
  const node = occupancy.nodes.find((one, index) => fit(one, index) === undefined);
  if (node) occupancy.place(pod, node.name);
  return node;
}

function atAnUnknownNode(found: Found, { occupancy }: FitQuestion): Placement | undefined {
  const index = found.indexOf('unknown-room');
  return index === -1 ? undefined : unknown('unknown-room', occupancy.nodes[index]?.name ?? '');
}

/** Obstacles that other pods make, and that might not be there if those went elsewhere, or were ended. */
const ofOthers: ReadonlySet<string | undefined> = new Set([
  'no-room',
  'host-port',
  'anti-affinity',
  'affinity',
  'spread',
]);

function besideOthers(
  pod: ClusterPod,
  volumes: readonly Volume[],
  { found, others: { scarce, alone } }: { readonly found: Found; readonly others: Others },
): Placement | undefined {
  if (scarce || !found.some((obstacle) => ofOthers.has(obstacle))) return undefined;
  const fit = fitOf(pod, volumes, alone);
  const node = alone.occupancy.nodes.find((one, index) => fit(one, index) === undefined);
  return node && unknown('together', node.name);
}

function countObstacles(found: Found): ReadonlyMap<Obstacle, number> {
  const counts = new Map<Obstacle, number>();
  for (const obstacle of found)
    if (obstacle !== undefined && obstacle !== 'drained') counts.set(obstacle, (counts.get(obstacle) ?? 0) + 1);
  return counts;
}

/** A node that would have room without its pods of a lower priority (plugin DefaultPreemption). */
function inPlaceOfOthers(pod: ClusterPod, found: Found, question: PlaceQuestion): Placement | undefined {
  if (!pod.needs.preempts) return undefined;
  for (const [index, node] of question.occupancy.nodes.entries()) {
    if (!ofOthers.has(found[index])) continue;
    const lower = question.podsOn(node.name).filter(({ needs }) => needs.priority < pod.needs.priority);
    if (lower.length > 0 && hasRoomWithout(lower, pod, { node, question })) return unknown('preempting', node.name);
  }
  return undefined;
}

function hasRoomWithout(
  lower: readonly ClusterPod[],
  pod: ClusterPod,
  { node, question }: { readonly node: SchedulingNode; readonly question: PlaceQuestion },
): boolean {
  return [...pod.needs.requests].every(([resource, amount]) => {
    const freed = lower.reduce((sum, { needs }) => sum + (needs.requests.get(resource) ?? 0), 0);
    const free = (node.allocatable?.get(resource) ?? 0) - question.occupancy.used(node.name, resource);
    return free + freed >= amount;
  });
}

/** Whether all together ask for more of something than is free on all nodes that might take one of them. */
function isScarce(pods: readonly ClusterPod[], { occupancy, fixed, drained }: PlaceQuestion): boolean {
  const answers = new Set(pods.map(({ needs }) => fixed.obstacles(needs.where)));
  const nodes = occupancy.nodes.filter(
    ({ name }, index) => !drained.has(name) && [...answers].some((obstacles) => obstacles[index] === undefined),
  );
  if (nodes.some(({ allocatable }) => !allocatable)) return false;
  const resources = new Set(pods.flatMap(({ needs }) => [...needs.requests.keys()]));
  return [...resources].some((resource) => {
    const asked = pods.reduce((sum, { needs }) => sum + (needs.requests.get(resource) ?? 0), 0);
    const free = nodes.reduce(
      (sum, { name, allocatable }) =>
        sum + Math.max((allocatable?.get(resource) ?? 0) - occupancy.used(name, resource), 0),
      0,
    );
    return asked > free;
  });
}

/** The largest first, by processor and then memory; the name makes it the same each time. */
function byRequests(a: ClusterPod, b: ClusterPod): number {
  const of = ({ needs }: ClusterPod, resource: string): number => needs.requests.get(resource) ?? 0;
  return of(b, 'cpu') - of(a, 'cpu') || of(b, 'memory') - of(a, 'memory') || (podName(a) < podName(b) ? -1 : 1);
}
