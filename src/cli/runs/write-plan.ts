import type { PlannedEvidence } from '../../app/plans/make-plan.ts';
import { isEmpty, saysNothing } from '../../app/plans/plan-scope.ts';
import { signedHere } from '../../app/plans/signed-here.ts';
import type { Session } from '../../app/session/session.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { requireShown } from '../../engine/hidden-lines.ts';
import type { Plan } from '../../engine/plan.ts';
import { planText } from '../../engine/read-plan.ts';
import type { CommandContext } from '../command-context.ts';
import type { CommandSession } from '../options/open-session.ts';
import { planView } from '../render/plan/plan-view.ts';
import { contextFor } from '../render/render-context.ts';
import { wrapSentence } from '../render/wrap.ts';
import { writeResult } from '../render/write-result.ts';

/** Writes a plan to a file, to be read and carried out later, and shows it. @returns the exit code, as `plan` has it */
export async function writePlan(
  planned: PlannedEvidence,
  { out, session }: { readonly out: string; readonly session: CommandSession },
  context: CommandContext,
): Promise<0 | 5> {
  const { plan, scope } = planned;
  requireShown(plan);
  await writeResult(planText(await signedOrTold(plan, session, context)), out, context);
  const allow = [...new Set(plan.actions.flatMap(({ disrupts }) => disrupts ?? []))];
  const words = ['apply', out, ...session.repeatAccess, ...(allow.length === 0 ? [] : ['--allow', allow.join(',')])];
  const next = isEmpty(plan) ? {} : { next: commandLine(['nodemend', ...words]) };
  const { data } = context.output;
  data.write(planView(plan, { ...planned, ...next }, contextFor(data, session.texts)));
  return saysNothing(plan, scope) ? 5 : 0;
}

/** With this machine's signature; where it cannot have one, that is said. */
export async function signedOrTold(plan: Plan, { texts }: Session, context: CommandContext): Promise<Plan> {
  const { plan: signed, unsigned } = await signedHere(plan, context);
  const { notes } = context.output;
  const words = unsigned && texts.t('plan.unsigned', { problem: unsigned.message });
  for (const line of words === undefined ? [] : wrapSentence(words, notes.width))
    notes.write(`${notes.paint('warn', line)}\n`);
  return signed;
}
