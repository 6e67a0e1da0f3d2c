import type { ClusterEvidence, Evidence, Observed } from '../../evidence/evidence.ts';
import type { MountingPod, PodFacts } from '../../evidence/pod-facts.ts';
import type { VolumeFacts } from '../../evidence/volumes/volume-facts.ts';
import type { WorkloadFacts } from '../../evidence/workloads/workload.ts';
import { workloadTree, type WorkloadTree } from '../kit/workload-tree.ts';
import type { Finding, Subject } from '../problem.ts';
import { mountEvents } from './mount-events.ts';
import { ownerPatch, type OwnerPatch } from './owner-patch.ts';
import { findings } from './rules.ts';
import { waitingVolumes, type WaitingVolume } from './waiting-volume.ts';

const cluster = { subject: { kind: 'cluster' }, evidence: ['cluster#pods', 'cluster#events'] } as const;
const evidence = ['cluster#pods', 'cluster#events', 'cluster#volumes', 'cluster#workloads'];

/** One finding for each object whose pods wait; without any, one about the cluster. */
export function diagnose({ cluster: seen }: Evidence): readonly Finding[] {
  if (seen.state !== 'seen') return [unobserved(seen)];
  const { pods = notAsked, events = notAsked, volumes, workloads } = seen.value;
  if (volumes === undefined || workloads === undefined) return [unobserved(notAsked)];
  return pods.state === 'seen' ? ofPods(pods.value, { events, volumes, workloads }) : [unobserved(pods)];
}

interface Surroundings {
  readonly events: NonNullable<ClusterEvidence['events']>;
  readonly volumes: VolumeFacts;
  readonly workloads: WorkloadFacts;
}

function ofPods({ mounting = [] }: PodFacts, { events, volumes, workloads }: Surroundings): readonly Finding[] {
  const candidates = mounting.filter(changesAllFiles);
  // Without a pod that it could be nothing has to be known.
  if (candidates.length > 0 && events.state !== 'seen') return [unobserved(events)];
  const said = events.state === 'seen' ? events.value : [];
  const waiting = candidates.map((pod) => ({ pod, volumes: waitingVolumes(pod, mountEvents(pod, said), volumes) }));
  const found = findingsOf(waiting, workloadTree(workloads));
  return found.length > 0 ? found : [mountsFine(mounting.length, candidates.length)];
}

const notAsked = { state: 'not-looked-at', enable: '--kubeconfig' } as const;

function mountsFine(count: number, candidates: number): Finding {
  return findings.pass({ rule: 'mounts-fine', ...cluster, params: { count }, facts: { candidates } });
}

function unobserved(one: Exclude<Observed<unknown>, { readonly state: 'seen' }>): Finding {
  return one.state === 'unknown'
    ? findings.unknown({ rule: 'mounts-unknown', ...cluster }, one.reason)
    : findings.notLookedAt({ rule: 'mounts-not-looked-at', ...cluster }, one.enable);
}

/** Without a policy it is `Always` (core/v1, PodSecurityContext). */
function changesAllFiles({ fsGroup, changePolicy }: MountingPod): boolean {
  return fsGroup !== undefined && changePolicy !== 'OnRootMismatch';
}

interface WaitingPod {
  readonly pod: MountingPod;
  readonly volumes: readonly WaitingVolume[];
}

interface WaitingPods {
  readonly namespace: string;
  readonly patch: OwnerPatch;
  readonly pods: readonly WaitingPod[];
}

function findingsOf(waiting: readonly WaitingPod[], tree: WorkloadTree): readonly Finding[] {
  const byOwner = new Map<string, WaitingPods>();
  for (const one of waiting) {
    const patch = ownerPatch(tree, one.pod);
    const key = [one.pod.namespace, patch.kind, patch.name].join('\n');
    const known = byOwner.get(key);
    byOwner.set(key, { namespace: one.pod.namespace, patch, pods: [...(known?.pods ?? []), one] });
  }
  return [...byOwner.values()].flatMap(findingsOfOwner);
}

function findingsOfOwner({ namespace, patch, pods }: WaitingPods): readonly Finding[] {
  const subject = { kind: 'workload', namespace, name: `${patch.kind}/${patch.name}` } as const;
  const all = pods.flatMap(({ pod, volumes }) => volumes.map((volume) => ({ pod, volume })));
  const ownership = all.flatMap(({ pod, volume }) => (volume.why === 'ownership' ? [{ pod, ...volume }] : []));
  const notAttached = all.flatMap(({ pod, volume }) => (volume.why === 'not-attached' ? [{ pod, ...volume }] : []));
  const [unclear] = all.flatMap(({ pod, volume }) => (volume.why === 'unknown' ? [{ pod, ...volume }] : []));
  return [
    ...(ownership.length === 0 ? [] : [recursive(subject, patch, ownership)]),
    ...(notAttached.length === 0 ? [] : [elsewhere(subject, notAttached)]),
    ...(unclear === undefined
      ? []
      : [
          findings.unknown(
            { rule: 'cause-unknown', subject, params: { pod: unclear.pod.name }, evidence },
            unclear.reason,
          ),
        ]),
  ];
}

interface Waits {
  readonly pod: MountingPod;
  readonly volume: string;
}

function recursive(
  subject: Subject,
  { how, by, at, command, patch }: OwnerPatch,
  waits: readonly (Waits & { readonly driver: string })[],
): Finding {
  const groups = unique(waits.map(({ pod }) => String(pod.fsGroup ?? '')));
  return findings.trouble({
    rule: 'ownership-recursive',
    status: 'fail',
    why: how,
    subject,
    params: { group: groups.join(', '), by, at, command },
    facts: { ...placesOf(waits), drivers: unique(waits.map(({ driver }) => driver)), patch },
    evidence,
  });
}

function elsewhere(subject: Subject, waits: readonly Waits[]): Finding {
  const [first] = waits;
  return findings.trouble({
    rule: 'volume-not-attached',
    status: 'fail',
    subject,
    params: { volume: first?.volume ?? '', node: first?.pod.node ?? '' },
    facts: placesOf(waits),
    evidence,
  });
}

function placesOf(waits: readonly Waits[]): Readonly<Record<'pods' | 'nodes' | 'volumes', readonly string[]>> {
  return {
    pods: unique(waits.map(({ pod }) => pod.name)),
    nodes: unique(waits.map(({ pod }) => pod.node)),
    volumes: unique(waits.map(({ volume }) => volume)),
  };
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].toSorted();
}
