import { Command, Option } from 'commander';
import type { GivenPlan } from '../engine/plan-of-run.ts';
import type { Approve } from '../engine/rollout/cluster-objects/proposal.ts';
import type { RunWorld } from '../engine/rollout/run-request.ts';
import type { RunResult } from '../engine/run.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import { approve } from './prompts/approve.ts';
import { chosenRun } from '../app/runs/chosen-run.ts';
import type { CommandContext, RunCommand } from './command-context.ts';
import { withOpened } from '../app/evidence/collect.ts';
import { withAccess, withCommon, withTargets } from './options/shared.ts';
import { planView } from './make-plan.ts';
import { requireTypedHash, tellOrigin, typedHash, withPlanHash } from './plan-origin.ts';
import { readPlanFile } from '../app/plans/read-plan-file.ts';
import { renderProposal } from './render/proposal.ts';
import { contextFor } from './render/render-context.ts';
import { runWorld, withApproval, type RolloutOptions } from '../app/runs/run-world.ts';
import { openSession } from '../app/session/session.ts';
import { tellResult } from './render/run/tell-result.ts';
import type { Texts } from '../app/texts/texts.ts';
import type { AccessOptions, TargetOptions } from './options/session-options.ts';

interface RunAgainOptions extends TargetOptions, AccessOptions, Pick<RolloutOptions, 'yes' | 'verbose' | 'allow'> {
  readonly plan?: string;
  readonly planHash?: string;
}

/** A command that works on a run there was before: it is named, approved, and its outcome told. */
export interface RunAgain {
  readonly name: 'undo' | 'resume';
  /** Options that only this command has. */
  readonly extend?: (command: Command) => Command;
  readonly carryOut: (
    world: RunWorld & { readonly run: string; readonly plan?: GivenPlan },
    options: RunAgainOptions,
  ) => Promise<RunResult>;
}

export function runAgainCommand(again: RunAgain, { t }: Texts, run: RunCommand): Command {
  const command = new Command(again.name)
    .summary(t(`command.${again.name}.summary`))
    .description(t(`command.${again.name}.description`));
  const { extend = (unchanged) => unchanged } = again;
  return extend(withPlanHash(withApproval(withAccess(withTargets(withCommon(command, t), t), t), t), t))
    .addOption(new Option('--plan <file>', t('option.plan')))
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
  const hash = typedHash(options, name);
  const session = await openSession(context, options, name);
  return withOpened(session, async (opened) => {
    const { targets } = opened.transport ? await session.findNodes(opened.api, context.interrupt) : { targets: [] };
    const world = runWorld({ context, session, opened, targets, options, command: name });
    const place = opened.api ? `${opened.api.context} (${opened.api.server})` : session.texts.t('approve.hosts');
    const question = session.texts.t(`approve.${name}`, { run: id, place });
    const saved = options.plan === undefined ? undefined : await readPlanFile(options.plan, context);
    if (saved) requireTypedHash(saved.plan, hash);
    const command = [name, id, ...(saved ? ['--plan', saved.file] : []), ...session.repeat];
    const { data } = context.output;
    const view = contextFor(data, session.texts);
    const approveRun: Approve = async (proposal) => {
      const given = proposal.origin === 'given' ? saved : undefined;
      // A resume carries out what the plan says for nodes, too.
      if (given && name === 'resume') data.write(planView(given.plan, { nks: false, unseen: [] }, view));
      else data.write(renderProposal(proposal, view));
      const ofRecord = proposal.origin === 'record' ? new NodemendError('RUN_FROM_ELSEWHERE', { run: id }) : undefined;
      const inPerson = ofRecord ?? (given && tellOrigin(given, hash, session, context));
      await approve({ question, command, yes: options.yes === true, inPerson }, session, context);
    };
    const result = await work({ ...world, run: id, approve: approveRun, ...(saved ? { plan: saved } : {}) }, options);
    tellResult(result, session, context);
    return result.exitCode;
  });
}
