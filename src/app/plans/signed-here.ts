import { ownPlanKey } from '../../engine/journal/plan-key.ts';
import { stateFolder } from '../../engine/journal/state-folder.ts';
import { signPlan } from '../../engine/plan-signature.ts';
import type { Plan } from '../../engine/plan.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext } from '../../cli/command-context.ts';
import { wrapSentence } from '../../cli/render/wrap.ts';
import type { Session } from '../session/session.ts';

/**
 * The plan with this machine's signature, so that `apply` knows it again. Where no key can be kept, as in a pod without
 * a home, the plan is as good without, and that is said. @throws NodemendError PLAN_KEY_INVALID
 */
export async function signedHere(
  plan: Plan,
  { texts }: Session,
  { environment, output: { notes } }: CommandContext,
): Promise<Plan> {
  try {
    return signPlan(plan, await ownPlanKey(stateFolder(environment)));
  } catch (error) {
    if (!isNodemendError(error) || !['JOURNAL_UNWRITABLE', 'PATH_UNSAFE'].includes(error.code)) throw error;
    const words = texts.t('plan.unsigned', { problem: error.message });
    for (const line of wrapSentence(words, notes.width)) notes.write(`${notes.paint('warn', line)}\n`);
    return plan;
  }
}
