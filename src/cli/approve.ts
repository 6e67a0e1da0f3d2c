import type { CommandContext } from './command-context.ts';
import { commandLine } from './render/command-line.ts';
import { confirm } from './render/confirm.ts';
import type { Session } from './session.ts';

export interface Approval {
  /** One line: what is about to happen, where. */
  readonly question: string;
  /** The command's words, to be typed again with `--yes`. */
  readonly command: readonly string[];
  readonly yes: boolean;
}

/** Says what is about to happen and goes on when it was approved. @throws NodemendError APPROVAL_MISSING, APPROVAL_DECLINED */
export async function approve({ question, command, yes }: Approval, session: Session, { output, interrupt }: CommandContext): Promise<void> {
  if (yes) {
    output.notes.write(`${question}\n`);
    return;
  }
  await confirm({ question, command: commandLine(['nodemend', ...command, '--yes']), signal: interrupt }, output.notes, session.texts.t);
}
