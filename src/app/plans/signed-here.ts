import { ownPlanKey } from '../../engine/journal/plan-key.ts';
import { stateFolder } from '../../engine/journal/state-folder.ts';
import { signPlan } from '../../engine/plan-signature.ts';
import type { Plan } from '../../engine/plan.ts';
import { isNodemendError, type NodemendError } from '../../errors/nodemend-error.ts';
import type { Ports } from '../ports.ts';

export interface KeptPlan {
  readonly plan: Plan;
  /** Why it bears no signature: it is as good without, and is to be said. */
  readonly unsigned?: NodemendError;
}

/**
 * The plan with this machine's signature, so that it is known again when it is to be carried out. Where no key can be
 * kept, as in a pod without a home, the plan is as it was. @throws NodemendError PLAN_KEY_INVALID
 */
export async function signedHere(plan: Plan, { environment }: Ports): Promise<KeptPlan> {
  try {
    return { plan: signPlan(plan, await ownPlanKey(stateFolder(environment))) };
  } catch (error) {
    if (!isNodemendError(error) || !['JOURNAL_UNWRITABLE', 'PATH_UNSAFE'].includes(error.code)) throw error;
    return { plan, unsigned: error };
  }
}
