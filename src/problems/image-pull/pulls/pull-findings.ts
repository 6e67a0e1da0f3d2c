import type { Evidence, Seen } from '../../../evidence/evidence.ts';
import type { PodFacts, PodWarning } from '../../../evidence/pod-facts.ts';
import type { WorkloadFacts } from '../../../evidence/workloads/workload.ts';
import type { Finding } from '../../problem.ts';
import { notLookedAt, pass, trouble, unknown } from '../finding.ts';
import { workloadTree } from '../retired/workload-tree.ts';
import { groupFailures, type NameOwner } from './group-failures.ts';
import { pullFailures, sandboxFailures, type SandboxFailure } from './pull-failure.ts';

const cluster = { kind: 'cluster' } as const;

/** One finding for each cause and what it hits; one that all is well where no pull fails. */
export function pullFindings({ cluster: seen }: Evidence): readonly Finding[] {
  if (seen.state !== 'seen') return [withoutPods(seen)];
  const { pods = { state: 'not-looked-at', enable: '--only image-pull' }, events, workloads } = seen.value;
  if (pods.state !== 'seen') return [withoutPods(pods)];
  const found = failingPulls(pods.value, events?.state === 'seen' ? events.value : [], nameOwners(workloads));
  // Without events a sandbox image that is missing is not seen at all.
  if (events?.state === 'unknown')
    return [
      ...found,
      unknown({ rule: 'events-unknown', subject: cluster, evidence: ['cluster#events'] }, events.reason),
    ];
  return found.length > 0 ? found : [allWell(pods.value)];
}

function withoutPods(seen: Exclude<Seen<unknown>, { readonly state: 'seen' }>): Finding {
  const about = { rule: 'pods-unknown', subject: cluster, evidence: ['cluster#pods'] } as const;
  return seen.state === 'unknown'
    ? unknown(about, seen.reason)
    : notLookedAt({ ...about, text: 'findings.pods-not-looked-at' }, seen.enable);
}

/** What is at the top of a pod's owners, as far as they were listed. */
function nameOwners(workloads: WorkloadFacts | undefined): NameOwner {
  if (workloads === undefined) return (_, { name }) => name;
  const tree = workloadTree(workloads);
  return (namespace, owner) => {
    const made = tree.find(namespace, owner);
    return (made && (tree.ownersOf(made).at(-1) ?? made).workload.name) ?? owner.name;
  };
}

function failingPulls(pods: PodFacts, events: readonly PodWarning[], nameOf: NameOwner): readonly Finding[] {
  return [
    ...groupFailures(pullFailures(pods, events), pods, nameOf),
    ...sandboxFailures(pods, events).map(sandboxFinding),
  ];
}

function sandboxFinding({ node, said, count }: SandboxFailure): Finding {
  const subject = { kind: 'node', name: node } as const;
  return trouble({
    status: 'fail',
    rule: 'sandbox-image-missing',
    subject,
    facts: { said, events: count },
    evidence: ['cluster#events', 'cluster#pods'],
  });
}

function allWell({ pods, uses }: PodFacts): Finding {
  const images = new Set(uses.map(({ image }) => image)).size;
  return pass({
    rule: 'pulls-fine',
    subject: cluster,
    params: { count: pods, images },
    evidence: ['cluster#pods', 'cluster#events'],
    facts: { pods, images },
  });
}
