import { hostname } from 'node:os';
import { existsSync, readFileSync } from 'node:fs';
import { parseBatchSize } from '../../engine/rollout/batch-size.ts';
import { approvalText } from '../../engine/schedule/read-approval.ts';
import { parseRhythm, type RhythmWord } from '../../engine/schedule/rhythm.ts';
import { requireScheduleName, scheduleSchema, shownCommand, type ScheduleKind, type ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { defaultCap } from '../../engine/schedule/standing-approval.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { ownUser } from '../../transport/own-user.ts';
import type { CommandContext } from '../command-context.ts';
import { commandLine } from '../render/command-line.ts';
import { confirm } from '../render/confirm.ts';
import { contextFor } from '../render/render-context.ts';
import { renderInstallation } from '../render/schedule.ts';
import { wrapSentence } from '../render/wrap.ts';
import { wholeNumber } from '../whole-number.ts';
import { writeResult } from '../write-result.ts';
import { cronJobManifest, podFiles } from './cronjob-manifest.ts';
import { installationOf, installSchedule } from './install-schedule.ts';
import { machineSurroundings } from './machine-surroundings.ts';
import { makeApproval, type MadeApproval } from './make-approval.ts';
import { parseOnFailure } from './on-failure.ts';
import { scheduleFolder } from './schedule-folder.ts';
import { scheduledCommand, type ScheduledCommand } from './scheduled-command.ts';

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

/** Shows what will be written and approved, asks, and writes it; a CronJob is only written out, for kubectl. */
export async function install(context: CommandContext, words: readonly string[], options: InstallOptions): Promise<number> {
  requireFitting(options);
  const rhythm = parseRhythm(options.every, options.at);
  const cap = options.cap === undefined ? defaultCap : parseBatchSize(options.cap);
  const spreadSeconds = options.spread === undefined ? (usualSpread[options.every] ?? 3_600) : wholeNumber(options.spread, { option: '--spread', from: 0, to: 86_400 }, here);
  const onFailure = options.onFailure === undefined ? undefined : parseOnFailure(options.onFailure);
  const place = options.as === 'cronjob' ? 'pod' : 'here';
  const command = await scheduledCommand(words, place, context);
  if (options.cap !== undefined && !command.changes) throw new NodemendError('SCHEDULE_COMMAND_REFUSED', { context: 'reading', command: command.path, typed: '--cap' });
  const name = requireScheduleName(options.name ?? [command.path, ...command.args].join('-').replaceAll(/[ ,]+/g, '-').slice(0, 40).replace(/-+$/, ''));
  const folder = scheduleFolder(name, context.environment);
  if (place === 'here' && existsSync(folder.record)) throw new NodemendError('SCHEDULE_EXISTS', { name, path: folder.path });
  const surroundings = place === 'here' ? machineSurroundings(context) : {};
  const made = command.changes ? await makeApproval(command, { cap, place }, context) : undefined;
  const approval = place === 'pod' ? podFiles.approval : folder.approval;
  const record: Omit<ScheduleRecord, 'written'> = {
    schema: scheduleSchema,
    name,
    kind: options.as,
    installedAt: new Date().toISOString(),
    installedBy: `${ownUser()}@${hostname()}`,
    rhythm,
    command: [...(place === 'pod' ? inPod(command) : command.words), ...(made ? ['--approval', approval] : [])],
    changes: command.changes,
    environment: surroundings,
    ...(onFailure ? { onFailure } : {}),
  };
  return place === 'pod' ? printManifest(context, { record, made, command, options }) : installHere(context, { record, made, options, spreadSeconds });
}

/** Options that mean nothing for this kind. @throws NodemendError SCHEDULE_COMMAND_REFUSED */
function requireFitting({ as, spread, image, out, onFailure, yes }: InstallOptions): void {
  const needs = (typed: string, value: unknown, kinds: readonly ScheduleKind[]): void => {
    if (value !== undefined && !kinds.includes(as)) throw new NodemendError('SCHEDULE_COMMAND_REFUSED', { context: 'needs', command: here, typed, other: kinds.join(', ') });
  };
  needs('--spread', spread, ['systemd']);
  needs('--image', image, ['cronjob']);
  needs('--out', out, ['cronjob']);
  // A failed Job is the sign; the image has no command of yours.
  needs('--on-failure', onFailure, ['systemd', 'cron', 'cron.d']);
  needs('--yes', yes, ['systemd', 'cron', 'cron.d']);
  if (as === 'cron.d' && process.getuid?.() !== 0) throw new NodemendError('SCHEDULE_COMMAND_REFUSED', { context: 'root', command: here });
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

async function printManifest(context: CommandContext, { record, made, command, options }: Prepared & { readonly command: ScheduledCommand }): Promise<number> {
  const { t } = context.texts;
  const { from } = command.options;
  const approval = made?.approval.source ? { ...made.approval, source: { ...made.approval.source, path: podFiles.source } } : made?.approval;
  const manifest = cronJobManifest({
    record: { ...record, written: [] },
    approval: approval && approvalText(approval),
    source: from === undefined ? undefined : readFileSync(from, 'utf8'),
    image: options.image,
  });
  await writeResult(manifest, options.out, context);
  const { notes } = context.output;
  if (approval) notes.write(`${renderInstallation({ record, approval, selected: made?.selected ?? 0, installation: { files: [] } }, contextFor(notes, context.texts))}\n`);
  const apply = `kubectl apply -f ${options.out === undefined ? '-' : commandLine([options.out])}`;
  const needs = record.changes ? 'kubectl apply -f deploy/nodemend-change.yaml' : 'kubectl apply -k deploy';
  notes.write([t('schedule.manifest', { needs }), t('schedule.podZone')].flatMap((text) => wrapSentence(text, notes.width)).map((line) => `${line}\n`).join(''));
  notes.write(`${t('next')} ${apply}\n`);
  return 0;
}

/** The same once more, approved in advance. */
function again(record: Pick<ScheduleRecord, 'command' | 'changes'>, options: InstallOptions): readonly string[] {
  const flags = Object.entries({ '--as': options.as, '--every': options.every, '--at': options.at, '--name': options.name, '--cap': options.cap, '--on-failure': options.onFailure, '--spread': options.spread });
  return ['nodemend', 'schedule', 'install', ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])), '--yes', '--', ...shownCommand(record).slice(1)];
}

async function installHere(context: CommandContext, { record, made, options, spreadSeconds }: Prepared & { readonly spreadSeconds: number }): Promise<number> {
  const { output, texts, environment } = context;
  const folder = scheduleFolder(record.name, environment);
  const installation = installationOf({ record, folder, spreadSeconds, local: made?.local ?? false }, context);
  output.data.write(renderInstallation({ record, approval: made?.approval, selected: made?.selected ?? 0, installation }, contextFor(output.data, texts)));
  const question = texts.t('schedule.ask', { name: record.name });
  if (options.yes === true) output.notes.write(`${question}\n`);
  else await confirm({ question, what: 'schedule', command: commandLine(again(record, options)), signal: context.interrupt }, output.notes, texts.t);
  await installSchedule({ ...installation, record, folder, approval: made && approvalText(made.approval) }, context);
  output.data.write(`${texts.t('schedule.installed', { name: record.name, path: folder.path })}\n${texts.t('next')} nodemend schedule run ${record.name}\n`);
  return 0;
}
