import { podName } from './cluster-pod.ts';
import type { EvictionAnswer } from './budget.ts';
import type { DrainDecision } from './drain-decision.ts';
import type { Placement } from './placement.ts';
import type { DrainedPod } from './preflight.ts';

const shown = 5;

/** Why pods cannot go, or why it is not known, in one line; English, as what steps say is. */
export function preflightWords(pods: readonly DrainedPod[]): string {
  const words = preflightLines(pods.slice(0, shown));
  return pods.length > shown ? `${words.join('; ')}; … (${pods.length})` : words.join('; ');
}

export function preflightLines(pods: readonly DrainedPod[]): readonly string[] {
  return pods.map((one) => `${podName(one.pod)}: ${podWords(one)}`);
}

function podWords({ decision, answer, placement }: DrainedPod): string {
  return decisionWords(decision) ?? answerWords(answer) ?? placementWords(placement) ?? 'its budgets could not be read';
}

const policies = {
  daemonset: 'is of a DaemonSet',
  emptydir: 'has data in an emptyDir',
  unmanaged: 'has no controller that makes it again',
  orphan: 'is of a DaemonSet that is gone',
} as const;

/** Undefined where the policy lets it go. */
export function decisionWords(decision: DrainDecision): string | undefined {
  if (decision.does === 'refuse') return `${policies[decision.policy]} (--${decision.flag})`;
  return decision.does === 'unknown' ? 'is of a DaemonSet, and DaemonSets could not be read' : undefined;
}

function answerWords(answer: EvictionAnswer | undefined): string | undefined {
  switch (answer?.answer) {
    case 'refused': {
      const { budget, always } = answer;
      const counts = `needs ${budget.desiredHealthy} healthy pods and has ${budget.currentHealthy}`;
      return `budget ${budget.name} ${counts}${always ? ', and never allows one less' : ''}`;
    }
    case 'impossible': {
      const names = answer.budgets.map(({ name }) => name).join(' and ');
      return answer.why === 'two-budgets' ? `has two budgets, ${names}` : `the status of budget ${names} is broken`;
    }
    case 'unknown':
      return `budget ${answer.budget.name} has not been counted since it changed`;
    default:
      return undefined;
  }
}

function placementWords(placement: Placement | undefined): string | undefined {
  if (placement?.fits === 'unknown')
    return `whether it fits elsewhere is unknown: ${placement.why} ${placement.detail}`;
  if (placement?.fits !== 'no') return undefined;
  const counts = [...placement.obstacles].map(([obstacle, nodes]) => `${nodes} ${obstacle}`).join(', ');
  return `fits on no other node: ${counts || 'there is none'}`;
}
