import { Option, type Command } from 'commander';
import { rebootId } from '../../engine/reboot/reboot-findings.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { printable } from '../../text/printable.ts';
import { withOpened } from '../../app/evidence/collect.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import { planReboots } from '../../app/reboot/plan-reboot.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { runOptions } from '../../app/runs/run-dependencies.ts';
import { withDrain } from '../options/drain.ts';
import { withDryRun, type DryRunOptions } from '../options/dry-run.ts';
import { withGates } from '../options/gates.ts';
import { openSession } from '../options/open-session.ts';
import { dependenciesOf, rolloutRequest, rolloutWords, withRollout, type RolloutOptions } from '../options/rollout.ts';
import type { NodesOptions } from '../options/session-options.ts';
import { nodesCommand, withTimeout } from '../options/shared.ts';
import { nodeChoice } from '../options/without-effect.ts';
import { applyChange } from '../runs/apply-change.ts';
import { writePlan } from '../runs/write-plan.ts';
import { withEventOutput, withEvents, type EventOptions } from '../runs/with-events.ts';

interface RebootOptions extends NodesOptions, EventOptions, DryRunOptions, Omit<RolloutOptions, 'nodes'> {
  readonly ifRequired?: boolean;
  readonly reason?: string;
  readonly out?: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  const reads = withTimeout(nodesCommand(rebootId, t), t)
    .addOption(new Option('--if-required', t('option.ifRequired')))
    .addOption(new Option('--reason <text>', t('option.reason')))
    .addOption(new Option('--out <file>', t('option.planOut')).conflicts(['yes', 'dryRun']));
  return withEventOutput(withGates(withDrain(withRollout(withDryRun(reads, t), t), t), t), t).action(
    (options: RebootOptions) => run((given) => withEvents(given, options, (context) => reboot(context, options))),
  );
}

async function reboot(given: CommandContext, options: RebootOptions): Promise<number> {
  requireNodes(options);
  const { ifRequired = false, reason, dryRun, out } = options;
  requireReason(reason);
  // Reboots belong to no problem.
  const context = await withProblems(given, []);
  const session = await openSession(context, options, rebootId);
  const { configuration } = session;
  // What makes no sense is told before anything is asked.
  runOptions(rolloutRequest(options, rebootId, configuration), configuration, context.workingFolder);
  return withOpened(session, async (opened) => {
    const dependencies = dependenciesOf({ context, session, opened, options, command: rebootId, targets: [] });
    const change = await planReboots({ session, opened, ifRequired, reason }, context);
    if (out !== undefined) return writePlan(change, { out, session }, context);
    const command = [
      rebootId,
      ...(ifRequired ? ['--if-required'] : []),
      ...(reason === undefined ? [] : ['--reason', reason]),
      ...rolloutWords(options),
    ];
    return applyChange(change, { dependencies, session, command, dryRun, yes: options.yes === true }, context);
  });
}

/** All nodes are rebooted by who says so. @throws NodemendError USAGE */
function requireNodes(options: RebootOptions): void {
  if (nodeChoice.some((name) => options[name] !== undefined)) return;
  throw new NodemendError('USAGE', {
    context: 'oneOf',
    typed: '--selector, --nodes, --node-group',
    command: rebootId,
  });
}

const longestReason = 200;

/** It is shown to others, on the node and in the cluster. @throws NodemendError USAGE */
function requireReason(reason: string | undefined): void {
  if (reason === undefined || (reason.trim() !== '' && reason.length <= longestReason && printable(reason) === reason))
    return;
  throw new NodemendError('USAGE', { context: 'reason', typed: '--reason', to: longestReason, command: rebootId });
}
