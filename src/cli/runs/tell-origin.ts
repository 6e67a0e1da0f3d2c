import type { SavedPlan } from '../../app/plans/read-plan-file.ts';
import type { Session } from '../../app/session/session.ts';
import type { CommandContext } from '../command-context.ts';
import { wrapSentence } from '../render/wrap.ts';

/** Says that a saved plan is not this machine's own. */
export function tellOrigin(
  { file, origin }: SavedPlan,
  { texts }: Session,
  { output: { notes } }: CommandContext,
): void {
  if (origin === 'here') return;
  for (const line of wrapSentence(texts.t('approve.fromElsewhere', { file }), notes.width))
    notes.write(`${notes.paint('warn', line)}\n`);
}
