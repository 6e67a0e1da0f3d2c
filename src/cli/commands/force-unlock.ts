import { Option, type Command } from 'commander';
import type { HeldByNobody } from '../../engine/force-unlock.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { forceUnlock, type ForceUnlockWishes } from '../../app/runs/force-unlock.ts';
import type { Session } from '../../app/session/session.ts';
import { approve } from '../prompts/approve.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { namedCommand } from '../options/shared.ts';
import { shortInstant } from '../render/instant.ts';
import { wrapSentence } from '../render/wrap.ts';
import { openSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';

interface ForceUnlockOptions {
  readonly config?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

const name = 'force-unlock';

/** There is no `--yes`: whether that run is dead is for a person to know. */
export function define({ t }: Texts, run: RunCommand): Command {
  return namedCommand(name, t)
    .addOption(new Option('--kubeconfig <file>', t('option.kubeconfig')))
    .addOption(new Option('--context <name>', t('option.context')))
    .argument('<run>', t('argument.run'))
    .action((id: string, options: ForceUnlockOptions) => run((context) => unlock(context, id, options)));
}

async function unlock(context: CommandContext, run: string, options: ForceUnlockOptions): Promise<number> {
  const session = await openSession(context, options, name);
  const { t } = session.texts;
  const { data } = context.output;
  const approvePerson: ForceUnlockWishes['approve'] = async (held, place) => {
    const said = [heldWords(held, run, session), t('forceUnlock.risk')].map((text) => wrapSentence(text, data.width));
    data.write(said.map((lines) => `${lines.join('\n')}\n`).join(''));
    const inPerson = new NodemendError('LEASE_NEEDS_PERSON', { lease: held.lease, run });
    const question = t('forceUnlock.question', { lease: held.lease, run, place });
    await approve({ question, command: [name, run, ...session.repeat], yes: false, inPerson }, session, context);
  };
  const { lease } = await forceUnlock({ run, session, approve: approvePerson }, context);
  data.write(`${t('forceUnlock.done', { lease, run })}\n`);
  return 0;
}

function heldWords(held: HeldByNobody, run: string, { texts: { t } }: Session): string {
  const { lease, renewTime, unwrittenSeconds, renewedEverySeconds: every } = held;
  return unwrittenSeconds === undefined
    ? t('forceUnlock.heldSince', { lease, run, renewTime: shortInstant(renewTime), every })
    : t('forceUnlock.held', { lease, run, seconds: unwrittenSeconds, every });
}
