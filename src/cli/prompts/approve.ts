import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext } from '../command-context.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { confirm } from './confirm.ts';
import type { CommandSession } from '../options/open-session.ts';
import type { Standing } from '../../app/approvals/standing-approval.ts';

export interface Approval {
  /** One line: what is about to happen, where. */
  readonly question: string;
  /** The command's words, to be typed again with `--yes`. */
  readonly command: readonly string[];
  readonly yes: boolean;
  /** What the plan was held against already: then nobody is asked. */
  readonly standing?: Standing | undefined;
  /** Why nobody but a person at a terminal can approve it, thrown where there is none; `--yes` does not. */
  readonly inPerson?: NodemendError | undefined;
}

/**
 * Says what is about to happen and goes on when it was approved. @throws NodemendError APPROVAL_MISSING,
 * APPROVAL_DECLINED, OUTPUT_LOST where the plan could not be shown
 */
export async function approve(
  { question, command, yes, standing, inPerson }: Approval,
  session: CommandSession,
  { output, interrupt }: CommandContext,
): Promise<void> {
  if (standing) {
    const { approvedBy, approvedAt } = standing.approval;
    output.notes.write(`${question}\n${session.texts.t('approve.standing', { by: approvedBy, at: approvedAt })}\n`);
    return;
  }
  if (yes && !inPerson) {
    output.notes.write(`${question}\n`);
    return;
  }
  // A question about a plan that was not shown is none.
  await output.data.flush();
  const fault = output.data.lost();
  if (fault !== undefined) throw new NodemendError('OUTPUT_LOST', { fault });
  await confirm(
    {
      question,
      what: command[0] ?? '',
      command: commandLine(['nodemend', ...command, '--yes']),
      signal: interrupt,
      ...(inPerson ? { refusal: inPerson } : {}),
    },
    output.notes,
    session.texts.t,
  );
}
