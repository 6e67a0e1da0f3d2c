import type { ActionSpec } from '../../../actions/action-kinds.ts';
import type { Plan, PlanNode } from '../../plan.ts';
import type { RunOptions } from '../../run.ts';
import { stopsSomething } from '../guards.ts';

const minuteMs = 60_000;
/** For its scripts; of an ordinary node they take seconds. */
const perActionMs = minuteMs;
/** For a disturbed node to be ready again, as long as it is waited for. */
const readyAgainMs = 3 * minuteMs;
/** For the evicted workloads to be available again, before the node is put back: as long as they are waited for. */
export const availableWithinSeconds = 10 * 60;

/**
 * The longest that a node may take, its soak included: all that it is waited for comes to its end. Most nodes take a
 * fraction of it.
 */
export function longestNodeMs(
  actions: readonly ActionSpec[],
  { drain, soakSeconds }: Pick<RunOptions, 'drain' | 'soakSeconds'>,
): number {
  const work = actions.length * perActionMs + soakSeconds * 1000 + (actions.some(stopsSomething) ? readyAgainMs : 0);
  const boots = actions.flatMap((action) => ('withinSeconds' in action ? [action.withinSeconds] : []));
  if (boots.length === 0) return work;
  const booting = boots.reduce((sum, seconds) => sum + seconds, 0);
  return work + (drain.timeoutSeconds + availableWithinSeconds + booting) * 1000;
}

/** Of each of these nodes of a plan. */
export function longestMsOf(
  { actions }: Pick<Plan, 'actions'>,
  nodes: readonly Pick<PlanNode, 'name'>[],
  options: Parameters<typeof longestNodeMs>[1],
): readonly number[] {
  const byNode = Map.groupBy(actions, ({ node }) => node);
  return nodes.map(({ name }) => longestNodeMs(byNode.get(name) ?? [], options));
}
