import type { ClusterEvidence, Evidence, Observed } from '../../evidence/evidence.ts';
import { holdersOf } from '../../images/image-holders.ts';
import { calicoNamespace } from '../../platforms/nks/network-images.ts';
import { platformOf } from '../../platforms/platform.ts';
import { versionNumbers } from '../../runtimes/version.ts';
import type { Finding } from '../problem.ts';
import { findings } from './rules.ts';
import { calicoKinds, subjectOf, wrongImages, type WrongImages } from './wrong-images.ts';

const notAsked = { state: 'not-looked-at', enable: '--kubeconfig' } as const;

const cluster = { subject: { kind: 'cluster' }, evidence: ['cluster#workloads'] } as const;

const holderFacts = {
  held: { nodes: 'heldBy', count: 'holding' },
  lacked: { nodes: 'lackedBy', count: 'lacking' },
  unknown: { nodes: 'heldUnknown', count: 'unlisted' },
} as const;

/** The last version of NKS whose clusters were made with these names (troubleshooting guide, 2025-10-17). */
const lastAffected = [1, 29, 3] as const;

/** One finding for each workload that has to be changed; without any, one about the cluster. */
export function diagnose(evidence: Evidence): readonly Finding[] {
  const { cluster: seen, scope } = evidence;
  if (seen.state === 'unknown') return [findings.unknown({ rule: 'cluster-unknown', ...cluster }, seen.reason)];
  const isElsewhere = scope.namespace !== undefined && scope.namespace !== calicoNamespace;
  if (seen.state === 'not-looked-at' || seen.value.workloads === undefined || isElsewhere) {
    const text = 'findings.cluster-not-looked-at';
    const enable = seen.state === 'not-looked-at' ? seen.enable : '--kubeconfig';
    return [findings.notLookedAt({ rule: 'cluster-unknown', text, ...cluster }, enable)];
  }
  if (platformOf(evidence) !== 'nks') {
    // A node's label may say that it is NKS; it was not read.
    const unread = evidence.nodes.flatMap(({ api }) => (api.state === 'unknown' ? [api.reason] : []));
    return unread[0] === undefined
      ? [findings.pass({ rule: 'not-affected', why: 'not-nks', ...cluster })]
      : [findings.unknown({ rule: 'cluster-unknown', ...cluster }, unread[0])];
  }
  return ofNks(seen.value, evidence);
}

function ofNks(seen: ClusterEvidence, { nodes }: Evidence): readonly Finding[] {
  const affected = isAffected(seen.version);
  if (affected.state === 'unknown') return [findings.unknown({ rule: 'version-unknown', ...cluster }, affected.reason)];
  if (affected.state !== 'seen' || seen.workloads === undefined) return [];
  if (!affected.value.isAffected) {
    const params = { version: affected.value.version };
    return [findings.pass({ rule: 'not-affected', why: 'newer', ...cluster, params })];
  }
  const pods = seen.pods?.state === 'seen' ? seen.pods.value : undefined;
  const wrong = wrongImages(seen.workloads, pods);
  const unseen = seen.workloads.builtIn.flatMap(({ kind, resource, objects }) =>
    calicoKinds.has(kind) && objects.state === 'unknown'
      ? [findings.unknown({ rule: 'workloads-unknown', ...cluster, params: { resource } }, objects.reason)]
      : [],
  );
  return [
    ...wrong.map((one) => wrongRepository(one, nodes)),
    ...unseen.slice(0, 1),
    ...(wrong.length === 0 ? [] : unobservedPulls(seen)),
    ...(wrong.length === 0 && unseen.length === 0 ? [findings.pass({ rule: 'names-fine', ...cluster })] : []),
  ];
}

/** Of a cluster that has wrong names, what was not seen of who waits for them, and of who reaches Docker Hub. */
function unobservedPulls({ pods, events }: ClusterEvidence): readonly Finding[] {
  const unknown = (rule: 'pods-unknown' | 'events-unknown', seen: Observed<unknown> = notAsked): readonly Finding[] => {
    if (seen.state === 'seen') return [];
    const said = { subject: { kind: 'cluster' }, evidence: [`cluster#${rule.replace('-unknown', '')}`] } as const;
    return seen.state === 'unknown'
      ? [findings.unknown({ rule, ...said }, seen.reason)]
      : [
          findings.notLookedAt(
            { rule, text: `findings.${rule.replace('unknown', 'not-looked-at')}`, ...said },
            seen.enable,
          ),
        ];
  };
  return [...unknown('pods-unknown', pods), ...unknown('events-unknown', events)];
}

/** Both edges: v1.29.3 is, and whatever comes behind it is not. */
function isAffected(version: Observed<string>): Observed<{ readonly isAffected: boolean; readonly version: string }> {
  if (version.state !== 'seen') return version;
  const numbers = versionNumbers(version.value);
  if (numbers === undefined) return { state: 'unknown', reason: 'malformed', detail: `version ${version.value}` };
  const at = lastAffected.findIndex((part, index) => numbers[index] !== part);
  const isLater = at !== -1 && (numbers[at] ?? 0) > (lastAffected[at] ?? 0);
  return { state: 'seen', value: { isAffected: !isLater, version: version.value } };
}

function wrongRepository(wrong: WrongImages, nodes: Evidence['nodes']): Finding {
  const { images, keptBy, waiting, pods } = wrong;
  const how = images.some(({ published }) => published === undefined) ? 'untagged' : 'named';
  const why = keptBy === undefined ? how : 'managed';
  return findings.trouble({
    rule: 'wrong-repository',
    status: waiting > 0 ? 'fail' : 'warn',
    why,
    subject: subjectOf(wrong),
    params: {
      image: images[0]?.image ?? '',
      containers: images.map(({ container }) => container).join(', '),
      by: keptBy ?? '',
    },
    ...(why === 'untagged' ? { remedy: false } : {}),
    facts: {
      references: images.map(({ image, published, container, pointer }) => ({
        image,
        becomes: published ?? '-',
        container,
        at: pointer,
      })),
      ...(pods === 0 ? {} : { using: pods }),
      ...(waiting === 0 ? {} : { waiting }),
      ...holdersOf(images, nodes, holderFacts),
    },
    evidence: ['cluster#workloads', 'cluster#pods'],
  });
}
