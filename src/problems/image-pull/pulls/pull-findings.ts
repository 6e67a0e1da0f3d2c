import type { Evidence, Observed } from '../../../evidence/evidence.ts';
import type { PodFacts, PodWarning, WaitingContainer } from '../../../evidence/pod-facts.ts';
import type { WorkloadFacts } from '../../../evidence/workloads/workload.ts';
import type { Finding } from '../../problem.ts';
import { notLookedAt, pass, trouble, unknown } from '../finding.ts';
import { workloadTree } from '../../kit/workload-tree.ts';
import { wantsLogin } from '../pull-secrets/pull.ts';
import { groupFailures, type NameOwner } from './group-failures.ts';
import { pullFailures, sandboxFailures, type SandboxFailure } from './pull-failure.ts';

const cluster = { kind: 'cluster' } as const;

/**
 * One finding for each cause and what it hits; one that all is well where no pull fails.
 * @param isTold whether a finding about the login of these pods says more than that one is wanted
 */
export function pullFindings(
  { cluster: seen }: Evidence,
  isTold: (waiting: WaitingContainer) => boolean = () => false,
): readonly Finding[] {
  if (seen.state !== 'seen') return [withoutPods(seen)];
  const { pods = { state: 'not-looked-at', enable: '--only image-pull' }, events, workloads } = seen.value;
  if (pods.state !== 'seen') return [withoutPods(pods)];
  const { failing, found } = failingPulls({ pods: pods.value, events, nameOf: nameOwners(workloads), isTold });
  // Without events a sandbox image that is missing is not seen at all.
  if (events?.state === 'unknown')
    return [
      ...found,
      unknown({ rule: 'events-unknown', subject: cluster, evidence: ['cluster#events'] }, events.reason),
    ];
  return failing > 0 ? found : [allWell(pods.value)];
}

interface Looking {
  readonly pods: PodFacts;
  readonly events: Observed<readonly PodWarning[]> | undefined;
  readonly nameOf: NameOwner;
  readonly isTold: (waiting: WaitingContainer) => boolean;
}

/** What is said about them, and how many there are: of some a finding about their login says it all. */
function failingPulls({ pods, events, nameOf, isTold }: Looking): {
  readonly failing: number;
  readonly found: readonly Finding[];
} {
  const seen = events?.state === 'seen' ? events.value : [];
  const pulls = pullFailures(pods, seen);
  const untold = pulls.filter(({ cause, waiting }) => !(wantsLogin.has(cause) && isTold(waiting)));
  const sandboxes = sandboxFailures(pods, seen);
  return {
    failing: pulls.length + sandboxes.length,
    found: [...groupFailures(untold, pods, nameOf), ...sandboxes.map(sandboxFinding)],
  };
}

function withoutPods(seen: Exclude<Observed<unknown>, { readonly state: 'seen' }>): Finding {
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
