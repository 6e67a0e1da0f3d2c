import { type Command, Option } from 'commander';
import type { RunResult } from '../../engine/run.ts';
import type { Ports } from '../../app/ports.ts';
import type { RunAgainRequest } from '../../app/runs/run-again.ts';
import { approve } from '../prompts/approve.ts';
import { chosenRun } from '../../app/runs/chosen-run.ts';
import { withProblems, type Loaded } from '../../app/problems/with-problems.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened } from '../../app/evidence/collect.ts';
import { nodesCommand } from '../options/shared.ts';
import { readPlanFile } from '../../app/plans/read-plan-file.ts';
import { renderProposal } from '../render/proposal.ts';
import { contextFor } from '../render/render-context.ts';
import { rolloutRequest, rolloutWords, withApproval, type RolloutOptions } from '../options/rollout.ts';
import { openSession } from '../options/open-session.ts';
import { tellResult } from '../render/run/tell-result.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { NodesOptions } from '../options/session-options.ts';
import { tellOrigin } from './tell-origin.ts';
import { tellRun } from './tell-run.ts';
import { withEventOutput, withEvents, type EventOptions } from './with-events.ts';
import { requireNone, requireWayToNodes } from '../options/without-effect.ts';
import { typedHash, withPlanHash } from '../options/plan-hash.ts';
import { planView } from '../render/plan/plan-view.ts';

interface RunAgainOptions extends NodesOptions, EventOptions, Pick<RolloutOptions, 'yes' | 'verbose' | 'allow'> {
  readonly plan?: string;
  readonly planHash?: string;
}

/** A command that works on a run there was before: it is named, approved, and its outcome told. */
export interface RunAgain {
  readonly name: 'undo' | 'resume';
  /** Options that only this command has. */
  readonly extend?: (command: Command) => Command;
  readonly carryOut: (request: RunAgainRequest, options: RunAgainOptions, ports: Ports & Loaded) => Promise<RunResult>;
}

export function runAgainCommand(again: RunAgain, { t }: Texts, run: RunCommand): Command {
  const { extend = (unchanged) => unchanged } = again;
  return extend(withEventOutput(withPlanHash(withApproval(nodesCommand(again.name, t), t), t), t))
    .addOption(new Option('--plan <file>', t('option.plan')))
    .argument('[run]', t('argument.run'))
    .action((id: string | undefined, options: RunAgainOptions) =>
      run((given) =>
        withEvents(given, options, async (context) =>
          carryOut(again, await chosenRun(id, context), await withProblems(context), options),
        ),
      ),
    );
}

async function carryOut(
  { name, carryOut: work }: RunAgain,
  id: string,
  context: CommandContext & Loaded,
  options: RunAgainOptions,
): Promise<number> {
  const hash = typedHash(options, name);
  if (options.plan === undefined)
    requireNone(options, ['planHash'], { context: 'needs', command: name, other: '--plan' });
  const session = await openSession(context, options, name);
  requireWayToNodes(options, session, name);
  return withOpened(session, async (opened) => {
    const { texts } = session;
    const place = opened.api ? `${opened.api.context} (${opened.api.server})` : texts.t('approve.hosts');
    const question = texts.t(`approve.${name}`, { run: id, place });
    const saved = options.plan === undefined ? undefined : await readPlanFile(options.plan, context);
    const plan = saved ? ['--plan', saved.file] : [];
    const command = [name, id, ...plan, ...rolloutWords(options), ...session.repeat];
    const { data } = context.output;
    const view = contextFor(data, texts);
    const request: RunAgainRequest = {
      session,
      opened,
      run: id,
      saved,
      planHash: hash,
      rollout: rolloutRequest(options, name, session.configuration),
      onEvent: tellRun(context, session, options),
      approve: async ({ proposal, given, inPerson }) => {
        // A resume carries out what the plan says for nodes, too.
        if (given && name === 'resume') data.write(planView(given.plan, { nks: false }, view));
        else data.write(renderProposal(proposal, view));
        if (given) tellOrigin(given, session, context);
        await approve({ question, command, yes: options.yes === true, inPerson }, session, context);
      },
    };
    const result = await work(request, options, context);
    tellResult({ result, exitCode: result.exitCode }, session, context);
    return result.exitCode;
  });
}
