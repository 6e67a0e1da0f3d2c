import { hostname } from 'node:os';
import { existsSync, readFileSync } from 'node:fs';
import { parseBatchSize, type BatchSize } from '../../engine/rollout/batch-size.ts';
import { approvalText } from '../../engine/schedule/read-approval.ts';
import { parseRhythm, type Rhythm, type RhythmWord } from '../../engine/schedule/rhythm.ts';
import {
  requireScheduleName,
  scheduleSchema,
  shownCommand,
  type ScheduleKind,
  type ScheduleRecord,
} from '../../engine/schedule/schedule-record.ts';
import { defaultCap, type StandingApproval } from '../../engine/schedule/standing-approval.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { pinnedImage } from '../../registry/pinned-image.ts';
import { ownUser } from '../../transport/own-user.ts';
import type { CommandContext } from '../command-context.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { confirm } from '../prompts/confirm.ts';
import { contextFor } from '../render/render-context.ts';
import { renderInstallation } from '../render/schedule.ts';
import { wrapSentence } from '../render/wrap.ts';
import { wholeNumber } from '../options/whole-number.ts';
import { writeResult } from '../render/write-result.ts';
import { cronJobManifest, podFiles } from '../../app/schedule/cronjob-manifest.ts';
import { installationOf, installSchedule } from '../../app/schedule/install-schedule.ts';
import { machineSurroundings } from '../../app/schedule/machine-surroundings.ts';
import { makeApproval, type MadeApproval } from './make-approval.ts';
import { parseOnFailure } from '../../app/schedule/on-failure.ts';
import { scheduleFolder } from '../../app/schedule/schedule-folder.ts';
import { scheduledCommand, type Place, type ScheduledCommand } from './scheduled-command.ts';

export interface InstallOptions {
  readonly as: ScheduleKind;
  readonly every: RhythmWord;
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
  if (options.cap !== undefined && !command.changes)
    throw new NodemendError('SCHEDULE_COMMAND_REFUSED', { context: 'reading', command: command.path, typed: '--cap' });
  const name = requireScheduleName(options.name ?? nameFor(command));
  const prepare = place === 'pod' ? prepareForPod : prepareHere;
  const prepared = await prepare({ name, command, options, ...settings }, context);
  return place === 'pod'
    ? printManifest(context, { ...prepared, command })
    : installHere(context, { ...prepared, spreadSeconds: settings.spreadSeconds });
}

interface Settings {
  readonly rhythm: Rhythm;
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
    rhythm: parseRhythm(every, at),
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

interface Preparing extends Settings {
  readonly name: string;
  readonly command: ScheduledCommand;
  readonly options: InstallOptions;
}

async function prepareHere(asked: Preparing, context: CommandContext): Promise<Prepared> {
  const folder = scheduleFolder(asked.name, context.environment);
  if (existsSync(folder.record)) throw new NodemendError('SCHEDULE_EXISTS', { name: asked.name, path: folder.path });
  const environment = machineSurroundings(context);
  return prepared(
    asked,
    { place: 'here', words: asked.command.words, approval: folder.approval, environment },
    context,
  );
}

async function prepareForPod(asked: Preparing, context: CommandContext): Promise<Prepared> {
  return prepared(
    asked,
    { place: 'pod', words: inPod(asked.command), approval: podFiles.approval, environment: {} },
    context,
  );
}

interface Surroundings {
  readonly place: Place;
  readonly words: readonly string[];
  /** Where the command finds its approval. */
  readonly approval: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function prepared(
  { name, command, options, rhythm, cap, onFailure }: Preparing,
  { place, words, approval, environment }: Surroundings,
  context: CommandContext,
): Promise<Prepared> {
  const made = command.changes ? await makeApproval(command, { cap, place }, context) : undefined;
  const record: Prepared['record'] = {
    schema: scheduleSchema,
    name,
    kind: options.as,
    installedAt: new Date().toISOString(),
    installedBy: `${ownUser()}@${hostname()}`,
    rhythm,
    command: [...words, ...(made ? ['--approval', approval] : [])],
    changes: command.changes,
    environment,
    ...(onFailure ? { onFailure } : {}),
  };
  return { record, made, options };
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

interface Prepared {
  readonly record: Omit<ScheduleRecord, 'written'>;
  readonly made: MadeApproval | undefined;
  readonly options: InstallOptions;
}

async function printManifest(
  context: CommandContext,
  { record, made, command, options }: Prepared & { readonly command: ScheduledCommand },
): Promise<number> {
  const { notes } = context.output;
  const approval = made && approvalInPod(made.approval);
  const { from } = command.options;
  const manifest = cronJobManifest({
    record,
    approval: approval && approvalText(approval),
    source: from === undefined ? undefined : readFileSync(from, 'utf8'),
    image: options.image,
  });
  await writeResult(manifest, options.out, context);
  if (made) {
    const installed = { record, approval, selected: made.selected, installation: { files: [] } };
    notes.write(`${renderInstallation(installed, contextFor(notes, context.texts))}\n`);
  }
  notes.write(afterManifest(record.changes, options, context));
  return 0;
}

function approvalInPod(approval: StandingApproval): StandingApproval {
  return approval.source ? { ...approval, source: { ...approval.source, path: podFiles.source } } : approval;
}

/** What the pod needs, and the command that applies it. */
function afterManifest(
  changes: boolean,
  { out = '-' }: InstallOptions,
  { texts: { t }, output: { notes } }: CommandContext,
): string {
  const needs = changes ? 'kubectl apply -f deploy/nodemend-change.yaml' : 'kubectl apply -k deploy';
  const sentences = [t('schedule.manifest', { needs }), t('schedule.podZone')].flatMap((text) =>
    wrapSentence(text, notes.width),
  );
  return [...sentences, `${t('next')} ${commandLine(['kubectl', 'apply', '-f', out])}`]
    .map((line) => `${line}\n`)
    .join('');
}

/** The same once more, approved in advance. */
function again(record: Pick<ScheduleRecord, 'command' | 'changes'>, options: InstallOptions): readonly string[] {
  const flags = Object.entries({
    '--as': options.as,
    '--every': options.every,
    '--at': options.at,
    '--name': options.name,
    '--cap': options.cap,
    '--on-failure': options.onFailure,
    '--spread': options.spread,
  });
  return [
    'nodemend',
    'schedule',
    'install',
    ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
    '--yes',
    '--',
    ...shownCommand(record).slice(1),
  ];
}

async function installHere(
  context: CommandContext,
  { record, made, options, spreadSeconds }: Prepared & { readonly spreadSeconds: number },
): Promise<number> {
  const { output, texts, environment } = context;
  const folder = scheduleFolder(record.name, environment);
  const installation = installationOf({ record, folder, spreadSeconds, local: made?.local ?? false }, context);
  output.data.write(
    renderInstallation(
      { record, approval: made?.approval, selected: made?.selected ?? 0, installation },
      contextFor(output.data, texts),
    ),
  );
  const question = texts.t('schedule.ask', { name: record.name });
  if (options.yes === true) output.notes.write(`${question}\n`);
  else
    await confirm(
      { question, what: 'schedule', command: commandLine(again(record, options)), signal: context.interrupt },
      output.notes,
      texts.t,
    );
  await installSchedule({ ...installation, record, folder, approval: made && approvalText(made.approval) }, context);
  output.data.write(
    `${texts.t('schedule.installed', { name: record.name, path: folder.path })}\n${texts.t('next')} nodemend schedule run ${record.name}\n`,
  );
  return 0;
}
