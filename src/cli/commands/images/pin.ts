import { Argument, Option, type Command } from 'commander';
import { withOpened } from '../../../app/evidence/collect.ts';
import { planImagePins } from '../../../app/images/pin-images.ts';
import { imageEntries } from '../../../app/problems/tells-images.ts';
import { withProblems } from '../../../app/problems/with-problems.ts';
import { runOptions } from '../../../app/runs/run-dependencies.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import { isInvalid, parseReference } from '../../../registry/reference/image-reference.ts';
import type { CommandContext, RunCommand } from '../../command-context.ts';
import { withDryRun, type DryRunOptions } from '../../options/dry-run.ts';
import { openSession } from '../../options/open-session.ts';
import {
  dependenciesOf,
  rolloutRequest,
  rolloutWords,
  withRollout,
  type RolloutOptions,
} from '../../options/rollout.ts';
import type { NodesOptions } from '../../options/session-options.ts';
import { withTimeout } from '../../options/shared.ts';
import { applyChange } from '../../runs/apply-change.ts';
import { writePlan } from '../../runs/write-plan.ts';
import { withEventOutput, withEvents, type EventOptions } from '../../runs/with-events.ts';
import { verbCommand } from './verb.ts';

const commandWords = 'images pin';

interface PinOptions extends NodesOptions, EventOptions, DryRunOptions, Omit<RolloutOptions, 'nodes'> {
  readonly unpin?: boolean;
  readonly out?: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  const reads = withTimeout(verbCommand('pin', t), t)
    .addArgument(new Argument('[image...]', t('argument.pinnedImages')))
    .addOption(new Option('--unpin', t('option.unpin')))
    .addOption(new Option('--out <file>', t('option.planOut')).conflicts(['yes', 'dryRun']));
  return withEventOutput(withRollout(withDryRun(reads, t), t), t).action(
    (images: readonly string[], options: PinOptions) =>
      run((given) => withEvents(given, options, (context) => pin(context, images, options))),
  );
}

async function pin(given: CommandContext, images: readonly string[], options: PinOptions): Promise<number> {
  requireReferences(images);
  const { unpin = false, dryRun, out } = options;
  const context = await withProblems(given, imageEntries);
  const session = await openSession(context, options, commandWords);
  const { configuration } = session;
  // What makes no sense is told before anything is asked.
  runOptions(rolloutRequest(options, commandWords, configuration), configuration, context.workingFolder);
  return withOpened(session, async (opened) => {
    const dependencies = dependenciesOf({ context, session, opened, options, command: commandWords, targets: [] });
    const pins = { operation: unpin ? ('unpin' as const) : ('pin' as const), images };
    const change = await planImagePins({ session, opened, pins, command: commandWords }, context);
    if (out !== undefined) return writePlan(change, { out, session }, context);
    const command = ['images', 'pin', ...images, ...(unpin ? ['--unpin'] : []), ...rolloutWords(options)];
    return applyChange(change, { dependencies, session, command, dryRun, yes: options.yes === true }, context);
  });
}

/** @throws NodemendError USAGE */
function requireReferences(images: readonly string[]): void {
  for (const image of images) {
    if (isInvalid(parseReference(image)))
      throw new NodemendError('USAGE', { context: 'imageName', value: image, command: commandWords });
  }
}
