import type { Sentence } from '../../../errors/sentences.ts';
import { podName } from './cluster-pod.ts';
import type { EvictionAnswer } from './budget.ts';
import type { DrainDecision } from './drain-decision.ts';
import type { Placement } from './placement.ts';
import type { DrainedPod } from './preflight.ts';

const shown = 5;

/** Why pods cannot go, or why it is not known: of the first ones, and how many there are. */
export function preflightSentences(pods: readonly DrainedPod[]): readonly Sentence[] {
  const sentences = pods.slice(0, shown).map(podSentence);
  return pods.length > shown ? [...sentences, { key: 'drain.more', params: { total: pods.length } }] : sentences;
}

/** Of each pod one. */
export function podSentence({ pod: { namespace, name }, decision, answer, placement }: DrainedPod): Sentence {
  const pod = podName({ namespace, name });
  return (
    decisionSentence(pod, decision) ??
    answerSentence(pod, answer) ??
    placementSentence(pod, placement) ?? { key: 'drain.budgets-unread', params: { pod } }
  );
}

/** Undefined where the policy lets it go. */
export function decisionSentence(pod: string, decision: DrainDecision): Sentence | undefined {
  if (decision.does === 'refuse') return { key: `drain.${decision.policy}`, params: { pod, flag: decision.flag } };
  return decision.does === 'unknown' ? { key: 'drain.daemonsets-unread', params: { pod } } : undefined;
}

function answerSentence(pod: string, answer: EvictionAnswer | undefined): Sentence | undefined {
  switch (answer?.answer) {
    case 'refused': {
      const { budget, always } = answer;
      const params = { pod, budget: budget.name, needs: budget.desiredHealthy, has: budget.currentHealthy };
      return { key: always ? 'drain.budget-never' : 'drain.budget', params };
    }
    case 'impossible':
      return {
        key: `drain.${answer.why}`,
        params: { pod, budgets: answer.budgets.map(({ name }) => name).join(', ') },
      };
    case 'unknown':
      return { key: 'drain.budget-uncounted', params: { pod, budget: answer.budget.name } };
    default:
      return undefined;
  }
}

function placementSentence(pod: string, placement: Placement | undefined): Sentence | undefined {
  if (placement?.fits === 'unknown')
    return { key: `drain.place-${placement.why}`, params: { pod, detail: placement.detail } };
  if (placement?.fits !== 'no') return undefined;
  const obstacles = [...placement.obstacles].map(([obstacle, number]): Sentence => ({
    key: `obstacle.${obstacle}`,
    params: { number },
  }));
  return obstacles.length === 0
    ? { key: 'drain.no-other-node', params: { pod } }
    : { key: 'drain.no-place', params: { pod, obstacles } };
}
