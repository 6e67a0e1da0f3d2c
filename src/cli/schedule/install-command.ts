import { readFileSync } from 'node:fs';
import {
  installPrepared,
  preparedManifest,
  prepareSchedule,
  type PreparedSchedule,
} from '../../app/schedule/prepare-schedule.ts';
import { podFiles } from '../../app/schedule/cronjob-manifest.ts';
import { parseOnFailure } from '../../app/schedule/on-failure.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { parseBatchSize, type BatchSize } from '../../engine/rollout/batch-size.ts';
import { parseInterval, type Interval, type IntervalWord } from '../../engine/schedule/interval.ts';
import {
  requireScheduleName,
  shownCommand,
  type ScheduleKind,
  type ScheduleRecord,
} from '../../engine/schedule/schedule-record.ts';
import { defaultCap } from '../../engine/schedule/standing-approval.ts';
import { expandNodes } from '../../engine/targets/node-set.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { pinnedImage } from '../../registry/pinned-image.ts';
import type { CommandContext } from '../command-context.ts';
import { wholeNumber } from '../options/whole-number.ts';
import { confirm } from '../prompts/confirm.ts';
import { contextFor } from '../render/render-context.ts';
import { renderInstallation } from '../render/schedule.ts';
import { wrapSentence } from '../render/wrap.ts';
import { writeResult } from '../render/write-result.ts';
import { askedApproval } from './asked-approval.ts';
import { scheduledCommand, type ScheduledCommand } from './scheduled-command.ts';

export interface InstallOptions {
  readonly as: ScheduleKind;
  readonly every: IntervalWord;
  readonly at?: string;
  readonly name?: string;
  readonly cap?: string;
  readonly onFailure?: string;
  readonly spread?: string;
  readonly image?: string;
  readonly out?: string;
  readonly yes?: boolean;
}

const here = 'schedule install';

/** At most so late, by chance: a bastion of many clusters does not ask all of them at once. Seconds. */
const usualSpread: Readonly<Record<string, number>> = { hour: 120, day: 900 };
const weeklySpread = 3_600;

/** Shows what will be written and approved, asks, and writes it; a CronJob is only written out, for kubectl. */
export async function install(
  context: CommandContext,
  words: readonly string[],
  options: InstallOptions,
): Promise<number> {
  requireFitting(options);
  if (options.image !== undefined) pinnedImage(options.image);
  const settings = settingsOf(options);
  const place = options.as === 'cronjob' ? 'pod' : 'here';
  const command = await scheduledCommand(words, place, context);
  if (command.options.nodes !== undefined) expandNodes(command.options.nodes);
  if (options.cap !== undefined && !command.changes)
    throw new NodemendError('SCHEDULE_COMMAND_REFUSED', { context: 'reading', command: command.path, typed: '--cap' });
  const name = requireScheduleName(options.name ?? nameFor(command));
  const { rhythm, cap, onFailure, spreadSeconds } = settings;
  const prepared = await prepareSchedule(
    {
      kind: options.as,
      name,
      rhythm,
      command: place === 'pod' ? inPod(command) : command.words,
      changes: command.changes,
      ...(onFailure ? { onFailure } : {}),
      makeApproval: () => askedApproval(command, { cap, place }, context),
    },
    context,
  );
  return place === 'pod'
    ? printManifest(context, { ...prepared, options, command })
    : installHere(context, { ...prepared, options, spreadSeconds });
}

interface Settings {
  readonly rhythm: Interval;
  readonly cap: BatchSize;
  readonly spreadSeconds: number;
  readonly onFailure: readonly [string, ...string[]] | undefined;
}

/**
 * What the options mean, whatever the command. @throws NodemendError SCHEDULE_TIME_INVALID, BATCH_SIZE_INVALID, USAGE,
 * ON_FAILURE_INVALID
 */
function settingsOf({ every, at, cap, spread, onFailure }: InstallOptions): Settings {
  return {
    rhythm: parseInterval(every, at),
    cap: cap === undefined ? defaultCap : parseBatchSize(cap),
    spreadSeconds:
      spread === undefined
        ? (usualSpread[every] ?? weeklySpread)
        : wholeNumber(spread, { option: '--spread', from: 0, to: 86_400 }, here),
    onFailure: onFailure === undefined ? undefined : parseOnFailure(onFailure),
  };
}

function nameFor({ path, args }: ScheduledCommand): string {
  return [path, ...args].join('-').replaceAll(/[ ,]+/g, '-').slice(0, 40).replace(/-+$/, '');
}

/** Options that mean nothing for this kind. @throws NodemendError SCHEDULE_COMMAND_REFUSED */
function requireFitting({ as, spread, image, out, onFailure, yes }: InstallOptions): void {
  const needs = (typed: string, value: unknown, kinds: readonly ScheduleKind[]): void => {
    if (value !== undefined && !kinds.includes(as))
      throw new NodemendError('SCHEDULE_COMMAND_REFUSED', {
        context: 'needs',
        command: here,
        typed,
        other: kinds.join(', '),
      });
  };
  needs('--spread', spread, ['systemd']);
  needs('--image', image, ['cronjob']);
  needs('--out', out, ['cronjob']);
  // A failed Job is the sign; the image has no command of yours.
  needs('--on-failure', onFailure, ['systemd', 'cron', 'cron.d']);
  needs('--yes', yes, ['systemd', 'cron', 'cron.d']);
  if (as === 'cron.d' && process.getuid?.() !== 0)
    throw new NodemendError('SCHEDULE_COMMAND_REFUSED', { context: 'root', command: here });
}

/** The source file goes with the pod, under another name. */
function inPod({ words, options }: ScheduledCommand): readonly string[] {
  return words.map((word) => (word === options.from ? podFiles.source : word));
}

interface Prepared extends PreparedSchedule {
  readonly options: InstallOptions;
}

async function printManifest(
  context: CommandContext,
  { record, made, command, options }: Prepared & { readonly command: ScheduledCommand },
): Promise<number> {
  const { notes } = context.output;
  const { from } = command.options;
  const { manifest, approval } = preparedManifest(
    { record, made },
    { source: from === undefined ? undefined : readFileSync(from, 'utf8'), image: options.image },
  );
  await writeResult(manifest, options.out, context);
  if (made) {
    const installed = { record, approval, selected: made.selected, installation: { files: [] } };
    notes.write(`${renderInstallation(installed, contextFor(notes, context.texts))}\n`);
  }
  notes.write(afterManifest(record, options, context));
  return 0;
}

/** What the pod needs, and the command that applies it. */
function afterManifest(
  record: Pick<ScheduleRecord, 'command' | 'changes'>,
  options: InstallOptions,
  { texts: { t }, output: { notes } }: CommandContext,
): string {
  const needs = record.changes ? 'kubectl apply -f deploy/nodemend-change.yaml' : 'kubectl apply -k deploy';
  const sentences = [t('schedule.manifest', { needs }), t('schedule.podZone')].flatMap((text) =>
    wrapSentence(text, notes.width),
  );
  const { out } = options;
  // What was printed is gone once it was read: it is printed once more, for kubectl.
  const printed = out === undefined ? `${commandLine(again(record, options))} | ` : '';
  return [...sentences, `${t('next')} ${printed}${commandLine(['kubectl', 'apply', '-f', out ?? '-'])}`]
    .map((line) => `${line}\n`)
    .join('');
}

/** The same once more, approved in advance where somebody is asked. */
function again(record: Pick<ScheduleRecord, 'command' | 'changes'>, options: InstallOptions): readonly string[] {
  const flags = Object.entries({
    '--as': options.as,
    '--every': options.every,
    '--at': options.at,
    '--name': options.name,
    '--cap': options.cap,
    '--on-failure': options.onFailure,
    '--spread': options.spread,
    '--image': options.image,
  });
  return [
    'nodemend',
    'schedule',
    'install',
    ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
    ...(options.as === 'cronjob' ? [] : ['--yes']),
    '--',
    ...shownCommand(record).slice(1),
  ];
}

async function installHere(
  context: CommandContext,
  { record, made, options, spreadSeconds }: Prepared & { readonly spreadSeconds: number },
): Promise<number> {
  const { output, texts } = context;
  const path = await installPrepared(
    {
      record,
      made,
      spreadSeconds,
      approve: async (installation) => {
        const installed = { record, approval: made?.approval, selected: made?.selected ?? 0, installation };
        output.data.write(renderInstallation(installed, contextFor(output.data, texts)));
        await agreeTo(record, options, context);
      },
    },
    context,
  );
  output.data.write(
    `${texts.t('schedule.installed', { name: record.name, path })}\n${texts.t('next')} nodemend schedule run ${record.name}\n`,
  );
  return 0;
}

async function agreeTo(
  record: PreparedSchedule['record'],
  options: InstallOptions,
  { output: { notes }, texts: { t }, interrupt: signal }: CommandContext,
): Promise<void> {
  const question = t('schedule.ask', { name: record.name });
  if (options.yes === true) notes.write(`${question}\n`);
  else await confirm({ question, what: 'schedule', command: commandLine(again(record, options)), signal }, notes, t);
}
