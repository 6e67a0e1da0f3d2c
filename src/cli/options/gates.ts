import { Option, type Command } from 'commander';
import type { Configuration } from '../../app/configuration/schema.ts';
import type { GateRequest } from '../../app/runs/gate-options.ts';
import type { Translate } from '../../app/texts/texts.ts';
import { secondsOf } from './seconds.ts';
import { collectWords } from './shared.ts';
import { requireNone } from './without-effect.ts';

/** What has to hold before nodes are begun; kured's names, where it has the same. */
export interface GateCommandOptions {
  readonly window?: string | false;
  readonly blockingPodSelector?: readonly string[];
  readonly prometheusUrl?: string;
  readonly prometheusCa?: string;
  readonly prometheusTokenFile?: string;
  readonly prometheusPasswordFile?: string;
  readonly alertFilterRegexp?: string;
  readonly alertFilterMatchOnly?: boolean;
  readonly alertFiringOnly?: boolean;
  readonly waitForBlockers?: string;
  readonly allowMixedVersions?: readonly string[];
}

const prometheusChoice = [
  'prometheusCa',
  'prometheusTokenFile',
  'prometheusPasswordFile',
  'alertFilterRegexp',
  'alertFilterMatchOnly',
  'alertFiringOnly',
] as const satisfies readonly (keyof GateCommandOptions)[];

export function withGates(command: Command, t: Translate): Command {
  return command
    .addOption(new Option('--window <window>', t('option.window')))
    .addOption(new Option('--no-window', t('option.noWindow')))
    .addOption(
      new Option('--blocking-pod-selector <labels>', t('option.blockingPodSelector'))
        .argParser(collectWords)
        .conflicts('hosts'),
    )
    .addOption(new Option('--prometheus-url <url>', t('option.prometheusUrl')))
    .addOption(new Option('--prometheus-ca <file>', t('option.prometheusCa')))
    .addOption(new Option('--prometheus-token-file <file>', t('option.prometheusTokenFile')))
    .addOption(new Option('--prometheus-password-file <file>', t('option.prometheusPasswordFile')))
    .addOption(new Option('--alert-filter-regexp <regexp>', t('option.alertFilterRegexp')))
    .addOption(new Option('--alert-filter-match-only', t('option.alertFilterMatchOnly')))
    .addOption(new Option('--alert-firing-only', t('option.alertFiringOnly')))
    .addOption(new Option('--wait-for-blockers <duration>', t('option.waitForBlockers')))
    .addOption(
      new Option('--allow-mixed-versions <group>', t('option.allowMixedVersions'))
        .argParser(collectWords)
        .conflicts('hosts'),
    );
}

interface GatedCommand {
  readonly command: string;
  /** Whether it may reboot nodes at all as it was typed. */
  readonly reboots: boolean;
  readonly configured: Configuration['rollout'];
}

/** @throws NodemendError USAGE also for what has no effect without another option */
export function gateRequest(options: GateCommandOptions, gated: GatedCommand): GateRequest {
  requireEffect(options, gated);
  const { window, blockingPodSelector, waitForBlockers, allowMixedVersions } = options;
  const seconds = (value: string): number => secondsOf(value, '--wait-for-blockers', gated.command);
  return {
    ...(window === undefined ? {} : { window }),
    ...(blockingPodSelector === undefined ? {} : { blockingPodSelectors: blockingPodSelector }),
    ...(waitForBlockers === undefined ? {} : { waitSeconds: seconds(waitForBlockers) }),
    ...(allowMixedVersions === undefined
      ? {}
      : { mixedVersions: allowMixedVersions.flatMap((groups) => groups.split(',')) }),
    prometheus: prometheusRequest(options),
  };
}

function requireEffect(options: GateCommandOptions, { command, reboots, configured = {} }: GatedCommand): void {
  const needs = (names: readonly string[], other: string): void =>
    requireNone(options, names, { context: 'needs', command, other });
  const asksPrometheus = (options.prometheusUrl ?? configured.prometheus) !== undefined;
  if (!asksPrometheus) needs(prometheusChoice, '--prometheus-url');
  if (!reboots) needs(['allowMixedVersions'], '--allow reboot');
  const asksPods = (options.blockingPodSelector ?? configured.blockingPodSelectors) !== undefined;
  if (![reboots, asksPrometheus, asksPods].includes(true)) needs(['waitForBlockers'], '--blocking-pod-selector');
  if (options.window === false && configured.window === undefined) needs(['window'], 'rollout.window');
}

function prometheusRequest(options: GateCommandOptions): NonNullable<GateRequest['prometheus']> {
  const { prometheusUrl, prometheusCa, prometheusTokenFile, prometheusPasswordFile } = options;
  const { alertFilterRegexp, alertFilterMatchOnly, alertFiringOnly } = options;
  return {
    ...(prometheusUrl === undefined ? {} : { url: prometheusUrl }),
    ...(prometheusCa === undefined ? {} : { caFile: prometheusCa }),
    ...(prometheusTokenFile === undefined ? {} : { tokenFile: prometheusTokenFile }),
    ...(prometheusPasswordFile === undefined ? {} : { passwordFile: prometheusPasswordFile }),
    ...(alertFilterRegexp === undefined ? {} : { alertFilterRegexp }),
    ...(alertFilterMatchOnly === undefined ? {} : { alertFilterMatchOnly }),
    ...(alertFiringOnly === undefined ? {} : { alertFiringOnly }),
  };
}

/** As they were typed, to be typed again. */
export function gateWords(options: GateCommandOptions): readonly string[] {
  const { window, blockingPodSelector = [], allowMixedVersions = [] } = options;
  const valued = Object.entries({
    '--prometheus-url': options.prometheusUrl,
    '--prometheus-ca': options.prometheusCa,
    '--prometheus-token-file': options.prometheusTokenFile,
    '--prometheus-password-file': options.prometheusPasswordFile,
    '--alert-filter-regexp': options.alertFilterRegexp,
    '--wait-for-blockers': options.waitForBlockers,
  });
  return [
    ...(window === undefined ? [] : window === false ? ['--no-window'] : ['--window', window]),
    ...blockingPodSelector.flatMap((labels) => ['--blocking-pod-selector', labels]),
    ...valued.flatMap(([option, value]) => (value === undefined ? [] : [option, value])),
    ...(options.alertFilterMatchOnly ? ['--alert-filter-match-only'] : []),
    ...(options.alertFiringOnly ? ['--alert-firing-only'] : []),
    ...allowMixedVersions.flatMap((group) => ['--allow-mixed-versions', group]),
  ];
}
