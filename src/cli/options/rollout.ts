import { Option, type Command } from 'commander';
import { disruptions } from '../../actions/action.ts';
import type { OpenedSession } from '../../app/evidence/collect.ts';
import { runDependencies, type RolloutRequest } from '../../app/runs/run-dependencies.ts';
import type { Session } from '../../app/session/session.ts';
import type { Translate } from '../../app/texts/texts.ts';
import { parseBatchSize, parseBatchSizes } from '../../engine/rollout/batch-size.ts';
import type { RunDependencies } from '../../engine/rollout/run-request.ts';
import type { RunOptions } from '../../engine/run.ts';
import { expandNodes } from '../../engine/targets/node-set.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeTarget } from '../../transport/transport.ts';
import type { Loaded } from '../../app/problems/with-problems.ts';
import type { CommandContext } from '../command-context.ts';
import { drainRequest, drainWords, type DrainCommandOptions } from './drain.ts';
import { gateRequest, gateWords, type GateCommandOptions } from './gates.ts';
import { tellRun } from '../runs/tell-run.ts';
import type { PlanHashOptions } from './plan-hash.ts';
import { collectWords } from './shared.ts';
import type { ShowHiddenOptions } from './show-hidden.ts';
import { wholeNumber } from './whole-number.ts';

/** How a change is rolled out. */
export interface RolloutOptions extends DrainCommandOptions, GateCommandOptions {
  readonly nodes?: string;
  readonly yes?: boolean;
  readonly allow?: readonly string[];
  readonly canary?: string;
  readonly batches?: string;
  readonly batchesWithin?: 'node-group' | 'zone';
  readonly maxUnavailable?: string;
  readonly maxFailures?: string;
  readonly soak?: string;
  readonly verbose?: boolean;
}

export function withApproval(command: Command, t: Translate): Command {
  return command
    .addOption(new Option('--yes', t('option.yes')))
    .addOption(new Option('--verbose', t('option.verbose')));
}

export function withRollout(command: Command, t: Translate): Command {
  return withApproval(command, t)
    .addOption(new Option('--canary <count>', t('option.canary')))
    .addOption(new Option('--batches <sizes>', t('option.batches')))
    .addOption(new Option('--batches-within <kind>', t('option.batchesWithin')).choices(['node-group', 'zone']))
    .addOption(new Option('--max-unavailable <size>', t('option.maxUnavailable')))
    .addOption(new Option('--max-failures <count>', t('option.maxFailures')))
    .addOption(new Option('--soak <seconds>', t('option.soak')))
    .addOption(allowOption(t));
}

export function allowOption(t: Translate): Option {
  return new Option('--allow <disruption>', t('option.allow')).argParser(collectWords);
}

interface RunOfCommand {
  readonly context: CommandContext & Loaded;
  readonly session: Session;
  readonly opened: OpenedSession;
  readonly targets: readonly NodeTarget[];
  readonly options: RolloutOptions;
  readonly command: string;
}

/** What the engine needs for a run that is told on standard error. @throws NodemendError USAGE, BATCH_SIZE_INVALID */
export function dependenciesOf({ context, options, command, ...run }: RunOfCommand): RunDependencies {
  const rollout = rolloutRequest(options, command, run.session.configuration);
  return runDependencies({ ...run, rollout, onEvent: tellRun(context, run.session, options) }, context);
}

/** @throws NodemendError USAGE, BATCH_SIZE_INVALID */
export function rolloutRequest(
  options: RolloutOptions,
  command: string,
  { rollout: configured }: Session['configuration'],
): RolloutRequest {
  const { batches, batchesWithin, canary, maxUnavailable, maxFailures, soak, allow = [], nodes } = options;
  const number = (option: string, value: string, to: number): number =>
    wholeNumber(value, { option, from: 0, to }, command);
  const allowed = allowedDisruptions(allow, command);
  const reboots = allowed.includes('reboot');
  return {
    ...drainRequest(options, { command, reboots }),
    gates: gateRequest(options, { command, reboots, configured }),
    ...(batches === undefined ? {} : { batches: parseBatchSizes(batches) }),
    ...(canary === undefined ? {} : { canary: number('--canary', canary, 1_000) }),
    ...(batchesWithin === undefined ? {} : { within: batchesWithin === 'zone' ? 'zone' : 'group' }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable: parseBatchSize(maxUnavailable) }),
    ...(maxFailures === undefined ? {} : { maxFailures: number('--max-failures', maxFailures, 100_000) }),
    ...(soak === undefined ? {} : { soakSeconds: number('--soak', soak, 86_400) }),
    allow: allowed,
    named: nodes === undefined ? [] : expandNodes(nodes),
  };
}

/** How a change is shown and rolled out, to be typed again. */
export function rolloutWords(options: RolloutOptions & PlanHashOptions & ShowHiddenOptions): readonly string[] {
  const { canary, batches, maxUnavailable, maxFailures, soak, allow, planHash, showHidden } = options;
  const named = Object.entries({
    '--canary': canary,
    '--batches': batches,
    '--batches-within': options.batchesWithin,
    '--max-unavailable': maxUnavailable,
    '--max-failures': maxFailures,
    '--soak': soak,
    '--allow': allow?.join(','),
    '--plan-hash': planHash,
  });
  const words = named.flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
  return [...words, ...drainWords(options), ...gateWords(options), ...(showHidden ? ['--show-hidden'] : [])];
}

/** What `--allow` names. @throws NodemendError USAGE for another word */
export function allowedDisruptions(words: readonly string[], command: string): RunOptions['allow'] {
  return words
    .flatMap((word) => word.split(','))
    .map((word) => {
      const known = disruptions.find((one) => one === word);
      if (known) return known;
      throw new NodemendError('USAGE', {
        context: 'choice',
        typed: '--allow',
        value: word,
        choices: disruptions.join(', '),
        command,
      });
    });
}
