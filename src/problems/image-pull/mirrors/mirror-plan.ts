import type { NodeEvidence } from '../../../evidence/evidence.ts';
import type { Mirror } from './mirror.ts';
import { asOneChange, joinedPlans, nothingPlanned, refusedPlan } from '../../kit/plan-parts.ts';
import type { Finding, PlanInput, ProblemPlan } from '../../problem.ts';
import type { ImagePullInputs } from '../inputs.ts';
import { planContainerdMirror } from './containerd-plan.ts';
import { planDockerMirrors } from './docker-plan.ts';
import { pullsWith } from './pulls-with.ts';
import { containerdRegistries } from '../../../runtimes/containerd/registries.ts';
import { readFact } from '../../kit/read-fact.ts';
import { dockerFacts } from './registry-facts.ts';

/**
 * Mirrors where they were asked for, whether anything is wrong there or not: which registry may be asked in another's
 * stead is for people to say.
 */
export function planMirrors({ evidence, findings, remedies, inputs }: PlanInput<ImagePullInputs>): ProblemPlan {
  if (!remedies?.has('mirror')) return nothingPlanned;
  const plans = evidence.nodes.flatMap((node) => {
    const own = findings.filter(
      ({ subject, evidence: from }) =>
        subject.kind === 'node' &&
        subject.name === node.name &&
        from.includes(`${node.name}#${containerdRegistries.key}`),
    );
    return own.length === 0 ? [] : [planNode(node, own, inputs?.mirror ?? [])];
  });
  return joinedPlans(plans);
}

function planNode(node: NodeEvidence, findings: readonly Finding[], mirrors: readonly Mirror[]): ProblemPlan {
  const cures = findings.slice(0, 1).map(({ fingerprint }) => fingerprint);
  const context = { node, cures };
  if (mirrors.length === 0) return refusedPlan(cures, 'mirror-unnamed', {});
  const [containerd, docker] = [readFact(node, containerdRegistries), dockerFacts(node)];
  if (containerd.state !== 'seen' || docker.state !== 'seen') return refusedPlan(cures, 'mirror-unseen', {});
  switch (pullsWith(node, { containerd: containerd.value !== 'no-containerd', docker: docker.value !== 'no-docker' })) {
    case 'docker':
      return docker.value === 'no-docker'
        ? refusedPlan(cures, 'mirror-docker-down', {})
        : planDockerMirrors(context, docker.value, mirrors);
    case 'containerd': {
      const facts = containerd.value;
      if (facts === 'no-containerd') return refusedPlan(cures, 'mirror-unseen', {});
      return joinedPlans(
        mirrors.map((mirror) => asOneChange(mirror.registry, planContainerdMirror(context, facts, mirror))),
      );
    }
    default:
      return refusedPlan(cures, 'mirror-runtime', {});
  }
}
