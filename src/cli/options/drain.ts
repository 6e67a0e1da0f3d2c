import { Option, type Command } from 'commander';
import type { RolloutRequest } from '../../app/runs/run-dependencies.ts';
import type { Translate } from '../../app/texts/texts.ts';
import { readDrainFlags } from '../../engine/rollout/preflight/drain-options.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { secondsOf } from './seconds.ts';
import { collectWords } from './shared.ts';
import { requireNone } from './without-effect.ts';

/** How a node is emptied before it is rebooted, by the names of `kubectl drain`. */
export interface DrainCommandOptions {
  readonly ignoreDaemonsets?: boolean;
  readonly deleteEmptydirData?: boolean;
  readonly force?: boolean;
  readonly gracePeriod?: string;
  readonly drainTimeout?: string;
  readonly disableEviction?: boolean;
  readonly acceptUncertain?: readonly string[];
}

const drainChoice = [
  'ignoreDaemonsets',
  'deleteEmptydirData',
  'force',
  'gracePeriod',
  'drainTimeout',
  'disableEviction',
  'acceptUncertain',
] as const satisfies readonly (keyof DrainCommandOptions)[];

/**
 * On commands that may reboot nodes. `--timeout` is taken, by what a node's script is given: as kured has it, that of
 * the drain is `--drain-timeout`.
 */
export function withDrain(command: Command, t: Translate): Command {
  return command
    .addOption(new Option('--ignore-daemonsets', t('option.ignoreDaemonsets')).conflicts('hosts'))
    .addOption(new Option('--no-ignore-daemonsets', t('option.noIgnoreDaemonsets')))
    .addOption(new Option('--delete-emptydir-data', t('option.deleteEmptydirData')).conflicts('hosts'))
    .addOption(new Option('--force', t('option.force')).conflicts('hosts'))
    .addOption(new Option('--grace-period <seconds>', t('option.gracePeriod')).conflicts('hosts'))
    .addOption(new Option('--drain-timeout <duration>', t('option.drainTimeout')).conflicts('hosts'))
    .addOption(
      new Option('--accept-uncertain <pods>', t('option.acceptUncertain')).argParser(collectWords).conflicts('hosts'),
    )
    .addOption(new Option('--disable-eviction').hideHelp());
}

interface DrainingCommand {
  readonly command: string;
  /** Whether it may reboot nodes at all as it was typed. */
  readonly reboots: boolean;
}

/** @throws NodemendError USAGE also where nothing is rebooted, so that nothing is drained */
export function drainRequest(
  options: DrainCommandOptions,
  { command, reboots }: DrainingCommand,
): Pick<RolloutRequest, 'drain'> {
  if (!reboots) requireNone(options, drainChoice, { context: 'needs', command, other: '--allow reboot' });
  const { ignoreDaemonsets, deleteEmptydirData, force, gracePeriod, drainTimeout, disableEviction } = options;
  const drain = readDrainFlags({
    ...(ignoreDaemonsets === undefined ? {} : { 'ignore-daemonsets': ignoreDaemonsets }),
    ...(deleteEmptydirData === undefined ? {} : { 'delete-emptydir-data': deleteEmptydirData }),
    ...(force === undefined ? {} : { force }),
    ...(gracePeriod === undefined ? {} : { 'grace-period': wholeSeconds(gracePeriod) }),
    ...(drainTimeout === undefined ? {} : { 'drain-timeout': secondsOf(drainTimeout, '--drain-timeout', command) }),
    ...(disableEviction === undefined ? {} : { 'disable-eviction': disableEviction }),
  });
  if (!('flag' in drain)) return { drain: { ...drain, ...acceptedPods(options, command) } };
  const value = { 'grace-period': gracePeriod, 'drain-timeout': drainTimeout }[drain.flag as 'grace-period'] ?? '';
  throw new NodemendError('USAGE', { context: contexts[drain.why], typed: `--${drain.flag}`, value, command });
}

/** @throws NodemendError USAGE for what would accept whatever comes */
function acceptedPods(
  { acceptUncertain }: DrainCommandOptions,
  command: string,
): Pick<NonNullable<RolloutRequest['drain']>, 'acceptUncertain'> {
  if (acceptUncertain === undefined) return {};
  const pods = acceptUncertain.flatMap((words) => words.split(','));
  const odd = pods.find((pod) => !/^[a-z0-9][a-z0-9-]*\/(?:[a-z0-9][a-z0-9.-]*\*?|\*)$/.test(pod));
  if (odd === undefined) return { acceptUncertain: pods };
  throw new NodemendError('USAGE', { context: 'pods', typed: '--accept-uncertain', value: odd, command });
}

const contexts = {
  'goes-round-budgets': 'goesRoundBudgets',
  'never-ends': 'neverEnds',
  'not-a-number-of-seconds': 'gracePeriod',
} as const;

/** As kubectl has it: -1 is the pods' own. */
function wholeSeconds(text: string): number {
  return /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

/** As they were typed, to be typed again. */
export function drainWords(options: DrainCommandOptions): readonly string[] {
  const { ignoreDaemonsets, deleteEmptydirData, force, gracePeriod, drainTimeout, acceptUncertain = [] } = options;
  return [
    ...(ignoreDaemonsets === undefined ? [] : [ignoreDaemonsets ? '--ignore-daemonsets' : '--no-ignore-daemonsets']),
    ...(deleteEmptydirData ? ['--delete-emptydir-data'] : []),
    ...(force ? ['--force'] : []),
    ...(gracePeriod === undefined ? [] : ['--grace-period', gracePeriod]),
    ...(drainTimeout === undefined ? [] : ['--drain-timeout', drainTimeout]),
    ...acceptUncertain.flatMap((pods) => ['--accept-uncertain', pods]),
  ];
}
