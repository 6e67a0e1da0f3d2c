import { podName } from '../preflight/cluster-pod.ts';
import type { DrainOptions } from '../preflight/drain-options.ts';
import type { DrainedPod, Preflight } from '../preflight/preflight.ts';

export interface DrainTime {
  /** Pods that are evicted. */
  readonly pods: number;
  /** So long as its pods may take to end; most end sooner. Never more than a drain is given. */
  readonly seconds: number;
  /** `namespace/name` of budgets that let fewer go at once than the node holds: it takes longer than that. */
  readonly slow: readonly string[];
}

/**
 * What the drain of one node takes, by the grace periods of its pods: all of them at once, and those of a budget in as
 * many turns as it needs. How long a budget's next pod takes to become ready nobody knows beforehand. Pure.
 */
export function drainTime({ pods, slow }: Preflight, options: DrainOptions): DrainTime {
  const evicted = pods.filter(({ decision }) => decision.does === 'evict');
  const grace = ({ pod }: DrainedPod): number => options.gracePeriodSeconds ?? pod.graceSeconds;
  const turns = [...Map.groupBy(evicted, budgetOf)].map(([budget, those]) => {
    const longest = Math.max(...those.map(grace));
    if (budget === undefined) return longest;
    const allowed = those[0]?.answer?.answer === 'counted' ? those[0].answer.budget.disruptionsAllowed : 1;
    return longest * Math.ceil(those.length / Math.max(allowed, 1));
  });
  return { pods: evicted.length, seconds: Math.min(Math.max(0, ...turns), options.timeoutSeconds), slow };
}

function budgetOf({ answer }: DrainedPod): string | undefined {
  return answer?.answer === 'counted' ? podName(answer.budget) : undefined;
}
