import { hostname } from 'node:os';
import { Option, type Command } from 'commander';
import { disruptions } from '../../actions/action.ts';
import { defaultLease } from '../../engine/default-lease.ts';
import { journalStore } from '../../engine/journal/journal-store.ts';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import { parseBatchSize, parseBatchSizes, type BatchSize } from '../../engine/rollout/batch-size.ts';
import type { RunWorld } from '../../engine/rollout/run-request.ts';
import { defaultRunOptions, type RunOptions } from '../../engine/run.ts';
import { expandNodes } from '../../engine/targets/node-set.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { problems } from '../../problems/index.ts';
import { ownUser } from '../../transport/own-user.ts';
import type { NodeTarget } from '../../transport/transport.ts';
import type { OpenedSession } from '../evidence/collect.ts';
import type { CommandContext } from '../../cli/command-context.ts';
import type { Configuration } from '../configuration/schema.ts';
import { collectWords } from '../../cli/options/shared.ts';
import { contextFor } from '../../cli/render/render-context.ts';
import { createRunView } from '../../cli/render/run/events.ts';
import type { Session } from '../session/session.ts';
import type { Translate } from '../texts/texts.ts';
import { wholeNumber } from '../../cli/options/whole-number.ts';

/** How a change is rolled out. */
export interface RolloutOptions {
  readonly nodes?: string;
  readonly yes?: boolean;
  readonly allow?: readonly string[];
  readonly canary?: string;
  readonly batches?: string;
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
    .addOption(new Option('--max-unavailable <size>', t('option.maxUnavailable')))
    .addOption(new Option('--max-failures <count>', t('option.maxFailures')))
    .addOption(new Option('--soak <seconds>', t('option.soak')))
    .addOption(allowOption(t));
}

export function allowOption(t: Translate): Option {
  return new Option('--allow <disruption>', t('option.allow')).argParser(collectWords);
}

interface WorldRequest {
  readonly context: CommandContext;
  readonly session: Session;
  readonly opened: OpenedSession;
  readonly targets: readonly NodeTarget[];
  readonly options: RolloutOptions;
  readonly command: string;
}

/**
 * What the engine needs to change nodes and objects: flags over the configuration over the engine's defaults.
 * @throws NodemendError USAGE, BATCH_SIZE_INVALID
 */
export function runWorld({ context, session, opened, targets, options, command }: WorldRequest): RunWorld {
  const { transport, api } = opened;
  const view = createRunView(contextFor(context.output.notes, session.texts), { verbose: options.verbose === true });
  const { leaseNamespace } = session.configuration;
  return {
    ...(api ? { api } : {}),
    ...(leaseNamespace === undefined ? {} : { lease: { ...defaultLease, namespace: leaseNamespace } }),
    ...(transport ? { transport } : {}),
    targets,
    journal: journalStore(runsFolder(context.environment)),
    problems,
    options: runOptions(options, session.configuration, command),
    onEvent: (event) => context.output.notes.write(view.tell(event)),
    signal: context.interrupt,
  };
}

function runOptions(options: RolloutOptions, { rollout = {} }: Configuration, command: string): RunOptions {
  const maxUnavailable = options.maxUnavailable ?? rollout.maxUnavailable;
  return {
    ...defaultRunOptions,
    batches: batchSizes(options, rollout, command),
    maxUnavailable:
      maxUnavailable === undefined ? defaultRunOptions.maxUnavailable : parseBatchSize(String(maxUnavailable)),
    maxFailures:
      options.maxFailures === undefined
        ? defaultRunOptions.maxFailures
        : wholeNumber(options.maxFailures, { option: '--max-failures', from: 0, to: 100_000 }, command),
    soakSeconds:
      options.soak === undefined
        ? (rollout.soakSeconds ?? defaultRunOptions.soakSeconds)
        : wholeNumber(options.soak, { option: '--soak', from: 0, to: 86_400 }, command),
    allow: allowedDisruptions(options.allow ?? [], command),
    named: options.nodes === undefined ? [] : expandNodes(options.nodes),
    owner: `${ownUser()}@${hostname()}`,
  };
}

/** `--canary` is the first batch; what follows it is `--batches`, else the configuration's, else 10 % and all. */
function batchSizes(
  options: RolloutOptions,
  rollout: NonNullable<Configuration['rollout']>,
  command: string,
): readonly BatchSize[] {
  const sizes =
    options.batches === undefined
      ? rollout.batches?.map((size) => parseBatchSize(String(size)))
      : parseBatchSizes(options.batches);
  const canary =
    options.canary === undefined
      ? rollout.canary
      : wholeNumber(options.canary, { option: '--canary', from: 0, to: 1_000 }, command);
  if (canary === undefined) return sizes ?? defaultRunOptions.batches;
  const rest = sizes ?? defaultRunOptions.batches.slice(1);
  return canary === 0 ? rest : [{ nodes: canary }, ...rest];
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
