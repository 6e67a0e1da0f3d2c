import { Command, Option } from 'commander';
import { defaultLease } from '../../engine/default-lease.ts';
import { forceUnlock, type HeldByNobody } from '../../engine/force-unlock.ts';
import { journalStore } from '../../engine/journal/journal-store.ts';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { approve } from '../prompts/approve.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened } from '../../app/evidence/collect.ts';
import { withCommon } from '../options/shared.ts';
import { wrapSentence } from '../render/wrap.ts';
import { openSession, type Session } from '../../app/session/session.ts';
import type { Texts } from '../../app/texts/texts.ts';

interface ForceUnlockOptions {
  readonly config?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

const name = 'force-unlock';

/** There is no `--yes`: whether that run is dead is for a person to know. */
export function define({ t }: Texts, run: RunCommand): Command {
  return withCommon(new Command(name), t)
    .summary(t('command.force-unlock.summary'))
    .description(t('command.force-unlock.description'))
    .addOption(new Option('--kubeconfig <file>', t('option.kubeconfig')))
    .addOption(new Option('--context <name>', t('option.context')))
    .argument('<run>', t('argument.run'))
    .action((id: string, options: ForceUnlockOptions) => run((context) => unlock(context, id, options)));
}

async function unlock(context: CommandContext, id: string, options: ForceUnlockOptions): Promise<number> {
  const session = await openSession(context, options, name);
  const { t } = session.texts;
  return withOpened(session, async ({ api }) => {
    if (!api) throw new NodemendError('PLAN_NEEDS_API', { server: '-' });
    const { leaseNamespace: namespace = defaultLease.namespace } = session.configuration;
    const { lease } = await forceUnlock({
      api,
      lease: { ...defaultLease, namespace },
      journal: journalStore(runsFolder(context.environment)),
      run: id,
      signal: context.interrupt,
      approve: async (held) => {
        const { data } = context.output;
        const said = [heldWords(held, id, session), t('forceUnlock.risk')].map((text) =>
          wrapSentence(text, data.width),
        );
        data.write(said.map((lines) => `${lines.join('\n')}\n`).join(''));
        const place = `${api.context} (${api.server})`;
        const inPerson = new NodemendError('LEASE_NEEDS_PERSON', { lease: held.lease, run: id });
        const question = t('forceUnlock.question', { lease: held.lease, run: id, place });
        await approve({ question, command: [name, id, ...session.repeat], yes: false, inPerson }, session, context);
      },
    });
    context.output.data.write(`${t('forceUnlock.done', { lease, run: id })}\n`);
    return 0;
  });
}

function heldWords(held: HeldByNobody, run: string, { texts: { t } }: Session): string {
  const { lease, renewTime, unwrittenSeconds, renewedEverySeconds: every } = held;
  return unwrittenSeconds === undefined
    ? t('forceUnlock.heldSince', { lease, run, renewTime, every })
    : t('forceUnlock.held', { lease, run, seconds: unwrittenSeconds, every });
}
