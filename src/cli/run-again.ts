import { Command } from 'commander';
import type { RunWorld } from '../engine/rollout/run-request.ts';
import type { RunResult } from '../engine/run.ts';
import { approve } from './approve.ts';
import { chosenRun } from './chosen-run.ts';
import type { CommandContext, RunCommand } from './command-context.ts';
import { withOpened } from './collect.ts';
import { withAccess, withCommon, withTargets, type AccessOptions, type TargetOptions } from './options.ts';
import { runWorld, withApproval, type RolloutOptions } from './run-world.ts';
import { openSession } from './session.ts';
import { tellResult } from './tell-result.ts';
import type { Texts } from './text.ts';

interface RunAgainOptions extends TargetOptions, AccessOptions, Pick<RolloutOptions, 'yes' | 'verbose' | 'allow'> {
  /** Of `resume`. */
  readonly plan?: string;
}

/** A command that works on a run there was before: it is named, approved, and its outcome told. */
export interface RunAgain {
  readonly name: 'undo' | 'resume';
  /** Options that only this command has. */
  readonly extend?: (command: Command) => Command;
  readonly carryOut: (
    world: RunWorld & { readonly run: string },
    options: RunAgainOptions,
    context: CommandContext,
  ) => Promise<RunResult>;
}

export function runAgainCommand(again: RunAgain, { t }: Texts, run: RunCommand): Command {
  const command = new Command(again.name)
    .summary(t(`command.${again.name}.summary`))
    .description(t(`command.${again.name}.description`));
  const { extend = (unchanged) => unchanged } = again;
  return extend(withApproval(withAccess(withTargets(withCommon(command, t), t), t), t))
    .argument('[run]', t('argument.run'))
    .action((id: string | undefined, options: RunAgainOptions) =>
      run(async (context) => carryOut(again, await chosenRun(id, context), context, options)),
    );
}

async function carryOut(
  { name, carryOut: work }: RunAgain,
  id: string,
  context: CommandContext,
  options: RunAgainOptions,
): Promise<number> {
  const session = await openSession(context, options, name);
  return withOpened(session, async (opened) => {
    const { targets } = opened.transport ? await session.findNodes(opened.api, context.interrupt) : { targets: [] };
    const world = runWorld({ context, session, opened, targets, options, command: name });
    const place = opened.api ? `${opened.api.context} (${opened.api.server})` : session.texts.t('approve.hosts');
    const question = session.texts.t(`approve.${name}`, { run: id, place });
    await approve({ question, command: [name, id, ...session.repeat], yes: options.yes === true }, session, context);
    const result = await work({ ...world, run: id }, options, context);
    tellResult(result, session, context);
    return result.exitCode;
  });
}
