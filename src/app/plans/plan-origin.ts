import type { Plan } from '../../engine/plan.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { SavedPlan } from './read-plan-file.ts';

/**
 * Who names a plan by its hash has read it somewhere, or heard it from its maker. @throws NodemendError
 * PLAN_HASH_MISMATCH when another plan was named than the one there is
 */
export function requirePlanHash({ hash }: Plan, named: string | undefined): void {
  if (named !== undefined && named !== hash)
    throw new NodemendError('PLAN_HASH_MISMATCH', { typed: named.slice(0, 12), hash: hash.slice(0, 12) });
}

/**
 * Why nobody but a person at a terminal can approve a saved plan; undefined where it is this machine's own, or was named
 * by its hash.
 */
export function needsPerson({ file, origin }: SavedPlan, named: string | undefined): NodemendError | undefined {
  return origin === 'here' || named !== undefined ? undefined : new NodemendError('PLAN_FROM_ELSEWHERE', { file });
}
