import { Option, type Command } from 'commander';
import { withOpened, type OpenedSession } from '../../../app/evidence/collect.ts';
import type { PlannedChange } from '../../../app/plans/make-plan.ts';
import { imageEntries } from '../../../app/problems/tells-images.ts';
import { withProblems, type Loaded } from '../../../app/problems/with-problems.ts';
import { runOptions } from '../../../app/runs/run-dependencies.ts';
import type { Session } from '../../../app/session/session.ts';
import type { Translate } from '../../../app/texts/texts.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { RunDependencies } from '../../../engine/rollout/run-request.ts';
import type { CommandContext } from '../../command-context.ts';
import { withBandwidth } from '../../options/bandwidth.ts';
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
import { withEventOutput, withEvents, type EventOptions } from '../../runs/with-events.ts';
import { writePlan } from '../../runs/write-plan.ts';

/** Of a command that brings images to nodes. */
export interface BringOptions extends NodesOptions, EventOptions, DryRunOptions, Omit<RolloutOptions, 'nodes'> {
  readonly out?: string;
}

export function withBringing(command: Command, t: Translate): Command {
  const out = new Option('--out <file>', t('option.planOut')).conflicts(['yes', 'dryRun']);
  return withEventOutput(withRollout(withDryRun(withBandwidth(withTimeout(command, t), t), t), t), t).addOption(out);
}

interface Bringing {
  /** `images reseed`. */
  readonly name: string;
  /** What the command is about, to be typed again. */
  readonly words: readonly string[];
  /** As every change, one node first; without it all nodes at once. */
  readonly inBatches?: true;
  /** Passwords of the plan's pulls, by their actions. */
  readonly passwords?: (plan: Plan) => (action: string) => string | undefined;
  readonly plan: (
    asking: { readonly session: Session; readonly opened: OpenedSession },
    context: CommandContext & Loaded,
  ) => Promise<PlannedChange>;
}

/** Plans what brings images to nodes, and goes the way of every change. @returns the exit code of a changing command */
export function bringImages(given: CommandContext, options: BringOptions, bringing: Bringing): Promise<number> {
  return withEvents(given, options, (context) => bring(context, options, bringing));
}

async function bring(given: CommandContext, options: BringOptions, bringing: Bringing): Promise<number> {
  const { name, words, plan, inBatches, passwords } = bringing;
  const { dryRun, out } = options;
  const context = await withProblems(given, imageEntries);
  const session = await openSession(context, options, name);
  const { configuration } = session;
  // What makes no sense is told before anything is asked.
  runOptions(rolloutRequest(options, name, configuration), configuration, context.workingFolder);
  return withOpened(session, async (opened) => {
    const change = await plan({ session, opened }, context);
    if (out !== undefined) return writePlan(change, { out, session }, context);
    const secret = passwords === undefined ? {} : { secret: passwords(change.plan) };
    const run = { ...dependenciesOf({ context, session, opened, options, command: name, targets: [] }), ...secret };
    const bandwidth = options.bandwidth === undefined ? [] : ['--bandwidth', options.bandwidth];
    const command = [...name.split(' '), ...words, ...bandwidth, ...rolloutWords(options)];
    const dependencies = inBatches ? run : allAtOnce(run, options);
    return applyChange(change, { dependencies, session, command, dryRun, yes: options.yes === true }, context);
  });
}

/**
 * One archive goes to all nodes while it is still being read: a canary would have them all wait for a first node. Nothing
 * is disturbed, each node verifies for itself, and one that fails is restored; who wants batches names them.
 */
function allAtOnce(dependencies: RunDependencies, { canary, batches }: BringOptions): RunDependencies {
  if (canary !== undefined || batches !== undefined) return dependencies;
  return { ...dependencies, options: { ...dependencies.options, batches: [{ percent: 100 }] } };
}
